//! One socket of a peer: a task that writes what it is handed, and the half that is read.

use anyhow::{Context, Result};
use futures_util::{SinkExt, StreamExt, stream::SplitStream};
use tokio::{net::TcpStream, sync::mpsc, task::spawn_local};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Message,
        client::IntoClientRequest,
        http::{
            HeaderValue, Uri,
            header::{HOST, SEC_WEBSOCKET_PROTOCOL},
        },
        protocol::WebSocketConfig,
    },
};

/// What is read from.
pub type Incoming = SplitStream<WebSocketStream<TcpStream>>;

/// Hands frames to be sent, in order.
#[derive(Clone, Debug)]
pub struct Outgoing(mpsc::UnboundedSender<Message>);

impl Outgoing {
    /// Sends a frame, if the socket is still open; whoever waits for what never arrives says so.
    pub fn send(&self, frame: Vec<u8>) {
        let _ = self.0.send(Message::binary(frame));
    }

    /// Asks for a sign of life, as our client does; says whether anybody still sends.
    pub fn ping(&self) -> bool {
        self.0.send(Message::text("ping")).is_ok()
    }
}

/// Opens a socket, with a subprotocol if there is one.
///
/// # Errors
/// If nobody listens there, or the upgrade is refused.
pub async fn open(
    url: &str,
    host: Option<&str>,
    subprotocol: Option<&'static str>,
) -> Result<(Outgoing, Incoming)> {
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
    if let Some(subprotocol) = subprotocol {
        let value = HeaderValue::from_static(subprotocol);
        request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, value);
    }
    let config = WebSocketConfig::default()
        .max_message_size(None)
        .max_frame_size(None);
    let (socket, _) = client_async_with_config(request, stream, Some(config))
        .await
        .with_context(|| format!("{url} refuses the upgrade"))?;
    let (mut sink, incoming) = socket.split();
    let (sender, mut frames) = mpsc::unbounded_channel::<Message>();
    spawn_local(async move {
        while let Some(frame) = frames.recv().await {
            let mut sent = sink.feed(frame).await;
            // What is there already leaves with it: a burst is not one write to the system for each frame.
            while let Ok(frame) = frames.try_recv() {
                sent = match sent {
                    Ok(()) => sink.feed(frame).await,
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
