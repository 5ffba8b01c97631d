//! A mail server that takes everything, and keeps it.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// Mails as they came: to whom, and all lines.
#[derive(Clone, Default)]
pub struct MailServer {
    mails: Arc<Mutex<Vec<(String, String)>>>,
    port: u16,
}

impl MailServer {
    /// Starts one on a port of its own.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let server = Self {
            port,
            ..Self::default()
        };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move { serving.talk(socket).await });
            }
        });
        server
    }

    /// For SMTP_URL.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// How many mails came.
    pub fn count(&self) -> usize {
        self.mails.lock().expect("no panic").len()
    }

    /// To whom the newest mail went, and the token of its link.
    pub fn newest(&self) -> (String, String) {
        let mails = self.mails.lock().expect("no panic");
        let (to, text) = mails.last().expect("a mail came");
        let (_, after) = text.split_once("/sign-in#mail=").expect("a link");
        let token = after.lines().next().expect("a line");
        (to.clone(), token.to_owned())
    }

    /// The text of the newest mail.
    pub fn text(&self) -> String {
        self.mails
            .lock()
            .expect("no panic")
            .last()
            .expect("a mail came")
            .1
            .clone()
    }

    async fn talk(&self, socket: TcpStream) -> Option<()> {
        let (read, mut write) = socket.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 test\r\n").await.ok()?;
        let mut to = String::new();
        while let Some(line) = lines.next_line().await.ok()? {
            let answer = match line.split_once(' ').map_or(line.as_str(), |(word, _)| word) {
                "RCPT" => {
                    to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                    "250 ok"
                }
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await.ok()?;
                    let mut text = String::new();
                    while let Some(line) = lines.next_line().await.ok()? {
                        if line == "." {
                            break;
                        }
                        text.push_str(&line);
                        text.push('\n');
                    }
                    self.mails
                        .lock()
                        .expect("no panic")
                        .push((to.clone(), text));
                    "250 taken"
                }
                "QUIT" => "221 bye",
                _ => "250 ok",
            };
            write
                .write_all(format!("{answer}\r\n").as_bytes())
                .await
                .ok()?;
        }
        Some(())
    }
}
