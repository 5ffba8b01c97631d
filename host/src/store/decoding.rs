//! Work on documents, which takes long and takes memory: on the blocking pool, a few at a time.
//!
//! Such work cannot be stopped. When a request is given up its future is dropped, and the work goes on; so whatever
//! bounds its number and its memory belongs to the work and not to the future.

use std::sync::Arc;

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::{JoinError, spawn_blocking},
};

/// Bytes in flight that are reserved for a body: given back when the last who holds the body is done with it.
pub type Share = Arc<OwnedSemaphorePermit>;

/// Admits work on documents.
#[derive(Clone, Debug)]
pub(super) struct Decoding {
    turns: Arc<Semaphore>,
}

impl Decoding {
    /// Admits so much work at once.
    pub(super) fn new(at_once: usize) -> Self {
        Self {
            turns: Arc::new(Semaphore::new(at_once)),
        }
    }

    /// Runs `work` when its turn comes. Until it has really ended it keeps its turn and `held`, also if nobody waits for
    /// it any longer.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        held: impl Send + 'static,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, JoinError> {
        self.turn().await.run(held, work).await
    }

    /// Waits for a turn, for work whose bytes are fetched only when it has one. Whoever has a connection to Postgres and waits for
    /// a turn must never meet somebody here who has the turn and waits for a connection.
    pub(super) async fn turn(&self) -> Turn {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        Turn {
            _permit: turn.expect("nobody closes the semaphore"),
        }
    }
}

/// A turn at working on documents.
#[derive(Debug)]
pub(super) struct Turn {
    _permit: OwnedSemaphorePermit,
}

impl Turn {
    /// Runs `work`, as [`Decoding::run`] does.
    pub(super) async fn run<T: Send + 'static>(
        self,
        held: impl Send + 'static,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, JoinError> {
        spawn_blocking(move || {
            let _until_it_ends = (self, held);
            work()
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::limits::DECODINGS_AT_ONCE;

    fn share(bytes: &Arc<Semaphore>) -> Share {
        let permit = Arc::clone(bytes).try_acquire_owned();
        Arc::new(permit.expect("a share is free"))
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_keeps_its_share_and_its_turn_until_it_ends() {
        let (decoding, bytes) = (
            Decoding::new(DECODINGS_AT_ONCE),
            Arc::new(Semaphore::new(1)),
        );
        let (started, has_started) = mpsc::channel();
        let (end, may_end) = mpsc::channel::<()>();
        let abandoned = tokio::spawn({
            let (decoding, share) = (decoding.clone(), share(&bytes));
            async move {
                let work = move || {
                    started.send(()).unwrap();
                    may_end.recv()
                };
                decoding.run(share, work).await
            }
        });
        spawn_blocking(move || has_started.recv())
            .await
            .unwrap()
            .unwrap();

        abandoned.abort();
        assert!(abandoned.await.unwrap_err().is_cancelled());
        assert_eq!(bytes.available_permits(), 0);
        assert_eq!(decoding.turns.available_permits(), DECODINGS_AT_ONCE - 1);

        end.send(()).unwrap();
        let _given_back = bytes.acquire().await.unwrap();
        let all = u32::try_from(DECODINGS_AT_ONCE).unwrap();
        let _all_turns = decoding.turns.acquire_many(all).await.unwrap();
    }
}
