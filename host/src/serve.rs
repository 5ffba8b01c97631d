//! `host serve`: checks the schema, serves, and drains at SIGTERM or SIGINT.

use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use crate::{
    App,
    config::{MailConfig, ServeConfig},
    connections, digest,
    edge::EdgeClient,
    erasing, housekeeping,
    limits::{BACKGROUND_END_MAX, DRAIN_MAX, ORDER_MAX},
    outbox, projection, router,
    sign_in::SignIn,
    store::Store,
    telemetry,
};

/// Serves until `stop` is ready, then drains: accepts nothing more, finishes what is in flight, ends the background
/// tasks, closes the pool. `listening` is told the address once connections are accepted.
///
/// # Errors
/// If Postgres cannot be reached, the schema differs, the address is taken, or the drain takes too long.
pub async fn serve(
    config: ServeConfig,
    listening: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let store = Store::new(&config.database);
    store.check_schema().await?;
    check_role(&store).await?;
    let prometheus = telemetry::prometheus().context("metrics cannot be recorded")?;
    let sign_in = sign_in(&store, config.mail.as_ref()).await?;
    let app = App::new(store.clone(), config.keys.clone(), prometheus.clone());
    let app = app.with_signer(config.signer).with_sign_in(sign_in.clone());
    let app = Arc::new(app.with_development_sign_in(config.has_development_sign_in));
    let edge = EdgeClient::new(&config.edge_url, config.keys, ORDER_MAX);

    let listener = TcpListener::bind(config.listen).await.with_context(|| {
        format!(
            "HOST_LISTEN: {} cannot be listened on; is another host running?",
            config.listen
        )
    })?;
    let address = listener.local_addr()?;
    let (stopping, stopped) = watch::channel(false);
    let mut background = JoinSet::new();
    background.spawn(projection::follow(
        store.clone(),
        Arc::clone(&app.projection_bell),
        stopped.clone(),
    ));
    background.spawn(outbox::deliver(
        store.clone(),
        edge,
        Arc::clone(&app.outbox_bell),
        stopped.clone(),
    ));
    background.spawn(erasing::follow(
        store.clone(),
        Arc::clone(&app.outbox_bell),
        stopped.clone(),
    ));
    background.spawn(housekeeping::keep(
        store.clone(),
        prometheus,
        stopped.clone(),
    ));
    if let Some(mail) = sign_in.mail {
        background.spawn(digest::send(store.clone(), mail, stopped.clone()));
    }

    let begin_drain = async move {
        stop.await;
        tracing::info!("draining");
        stopping.send_replace(true);
    };
    let server = tokio::spawn(connections::serve(listener, router(app), begin_drain));
    tracing::info!(%address, "listening");
    listening(address);
    let ended = drain(server, stopped, background, BACKGROUND_END_MAX).await;
    store.close();
    tracing::info!("stopped");
    ended
}

/// What signing in needs. Says which providers are not offered for want of something.
async fn sign_in(store: &Store, mail: Option<&MailConfig>) -> anyhow::Result<SignIn> {
    let mail = mail.map(SignIn::mail_by).transpose()?;
    let sign_in = SignIn {
        mail,
        ..SignIn::default()
    };
    for provider in store.list_providers().await? {
        if let Some(missing) = sign_in.lacks(&provider) {
            tracing::warn!(
                provider = provider.id,
                missing,
                "nobody is offered this way of signing in"
            );
        }
    }
    Ok(sign_in)
}

/// Too few rights would show with the first request that needs them; too many never would.
async fn check_role(store: &Store) -> anyhow::Result<()> {
    let without = store.tables_without_rights().await?;
    anyhow::ensure!(
        without.is_empty(),
        "the database role of this host lacks rights on {}: give it them with `host migrate --service-role NAME`",
        without.join(", ")
    );
    if store.may_rewrite_audit_log().await? {
        tracing::warn!(
            "the database role of this host could change the audit log: name one of its own in DATABASE_URL, to which \
             `host migrate --service-role NAME` gives what it needs"
        );
    }
    Ok(())
}

async fn drain(
    mut server: tokio::task::JoinHandle<()>,
    mut stopped: watch::Receiver<bool>,
    mut background: JoinSet<()>,
    background_end_max: Duration,
) -> anyhow::Result<()> {
    tokio::select! {
        // In this order: once the host is told to stop, background tasks may end in any.
        biased;
        ended = &mut server => return ended.context("the server died"),
        _ = stopped.wait_for(|stopped| *stopped) => {}
        Some(ended) = background.join_next() => {
            // Nobody else would notice, and what it did would stay undone for ever.
            ended.context("a background task died")?;
            anyhow::bail!("a background task ended before the host was told to stop");
        }
    }
    let end = end(&mut background, background_end_max);
    let finish = async {
        let (served, ended) = tokio::join!(server, end);
        served.context("the server died")?;
        ended
    };
    let too_long = || {
        format!(
            "requests were still in flight after {} s; they were cut off",
            DRAIN_MAX.as_secs()
        )
    };
    tokio::time::timeout(DRAIN_MAX, finish)
        .await
        .with_context(too_long)?
}

/// Waits until all background tasks have ended. Those that go on for too long are cut off: Postgres rolls back what they have not
/// committed, and each of them can begin anew.
async fn end(background: &mut JoinSet<()>, end_max: Duration) -> anyhow::Result<()> {
    let all = async {
        while let Some(ended) = background.join_next().await {
            ended.context("a background task died")?;
        }
        Ok(())
    };
    let ended = tokio::time::timeout(end_max, all).await;
    ended.unwrap_or_else(|_| {
        telemetry::background_cut_off(background.len());
        background.abort_all();
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    fn running() -> tokio::task::JoinHandle<()> {
        tokio::spawn(std::future::pending())
    }

    #[tokio::test]
    async fn a_background_task_that_dies_ends_the_host() {
        let (_stopping, stopped) = watch::channel(false);
        let mut background = JoinSet::new();
        background.spawn(std::future::pending());
        background.spawn(async { panic!("as a bug would") });
        let ended = drain(running(), stopped, background, Duration::MAX).await;
        assert!(ended.is_err_and(|error| error.to_string().contains("a background task died")));
    }

    #[tokio::test]
    async fn background_tasks_may_end_once_the_host_is_told_to_stop() {
        let (_stopping, stopped) = watch::channel(true);
        let mut background = JoinSet::new();
        background.spawn(async {});
        let server = tokio::spawn(async {});
        assert!(
            drain(server, stopped, background, Duration::MAX)
                .await
                .is_ok()
        );
    }

    #[tokio::test]
    async fn a_background_task_that_goes_on_for_too_long_is_cut_off_and_no_other_one() {
        let (_stopping, stopped) = watch::channel(true);
        let (told, is_told) = oneshot::channel();
        let mut background = JoinSet::new();
        background.spawn(async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            told.send(()).expect("somebody waits");
        });
        background.spawn(std::future::pending());
        let server = tokio::spawn(async {});
        let drained = drain(server, stopped, background, Duration::from_secs(1));
        let drained = tokio::time::timeout(DRAIN_MAX / 2, drained).await;
        assert!(drained.expect("nobody waits for it").is_ok());
        assert_eq!(is_told.await, Ok(()), "the other one was waited for");
    }
}
