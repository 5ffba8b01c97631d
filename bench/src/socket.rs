//! One socket of a peer: a task that writes what it is handed, and the half that is read.

use anyhow::{Context, Result};
use futures_util::{SinkExt, StreamExt, stream::SplitStream};
use tokio::{net::TcpStream, sync::mpsc, task::spawn_local};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Message,
        client::IntoClientRequest,
        http::{HeaderValue, Uri, header::HOST},
        protocol::WebSocketConfig,
    },
};

/// What is read from.
pub type Incoming = SplitStream<WebSocketStream<TcpStream>>;

/// Hands frames to be sent, in order.
#[derive(Clone, Debug)]
pub struct Outgoing(mpsc::UnboundedSender<Vec<u8>>);

impl Outgoing {
    /// Sends a frame, if the socket is still open; whoever waits for what never arrives says so.
    pub fn send(&self, frame: Vec<u8>) {
        let _ = self.0.send(frame);
    }
}

/// Opens a socket.
///
/// # Errors
/// If nobody listens there, or the upgrade is refused.
pub async fn open(url: &str, host: Option<&str>) -> Result<(Outgoing, Incoming)> {
    let uri: Uri = url
        .parse()
        .with_context(|| format!("{url} is no address"))?;
    let authority = uri.authority().context("an address without a host")?;
    let stream = TcpStream::connect((authority.host(), authority.port_u16().unwrap_or(80)))
        .await
        .with_context(|| format!("nobody listens at {authority}"))?;
    stream.set_nodelay(true)?;
    let mut request = url.into_client_request()?;
    if let Some(host) = host {
        request
            .headers_mut()
            .insert(HOST, HeaderValue::from_str(host)?);
    }
    let config = WebSocketConfig::default()
        .max_message_size(None)
        .max_frame_size(None);
    let (socket, _) = client_async_with_config(request, stream, Some(config))
        .await
        .with_context(|| format!("{url} refuses the upgrade"))?;
    let (mut sink, incoming) = socket.split();
    let (sender, mut frames) = mpsc::unbounded_channel::<Vec<u8>>();
    spawn_local(async move {
        while let Some(frame) = frames.recv().await {
            let mut sent = sink.feed(Message::binary(frame)).await;
            // What is there already leaves with it: a burst is not one write to the system for each frame.
            while let Ok(frame) = frames.try_recv() {
                sent = match sent {
                    Ok(()) => sink.feed(Message::binary(frame)).await,
                    failed => failed,
                };
            }
            if sent.is_err() || sink.flush().await.is_err() {
                break;
            }
        }
        let _ = sink.close().await;
    });
    Ok((Outgoing(sender), incoming))
}
