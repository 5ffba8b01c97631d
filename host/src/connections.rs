//! The connections of the host: so many at once, each with a bounded time for the head of a request.
//!
//! `axum::serve` has neither bound: a peer that opens connections and never finishes a head would hold them for ever.

use std::{future::Future, pin::pin, sync::Arc};

use axum::{Router, serve::Listener};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};

use crate::limits::{CONNECTIONS_MAX, HEAD_READ_MAX};

/// Serves until `stop` is ready; then accepts nothing more, and ends when the last request is answered. A head that is
/// half sent is waited for no longer than at any other time.
pub async fn serve(mut listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_READ_MAX);
    let seats = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let draining = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let (seat, stream) = tokio::select! {
            accepted = accept(&seats, &mut listener) => accepted,
            () = &mut stop => break,
        };
        let service = TowerToHyperService::new(router.clone());
        let connection = draining.watch(protocol.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            let _seat = seat;
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection ended");
            }
        });
    }
    drop(listener);
    draining.shutdown().await;
}

/// The next connection, once there is a seat for it; until then it waits in the kernel's queue.
async fn accept(
    seats: &Arc<Semaphore>,
    listener: &mut TcpListener,
) -> (OwnedSemaphorePermit, TcpStream) {
    let seat = Arc::clone(seats)
        .acquire_owned()
        .await
        .expect("nobody closes the semaphore");
    let (stream, _) = Listener::accept(listener).await;
    (seat, stream)
}
