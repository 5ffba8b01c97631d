//! Who may come in: only signed requests, once, with the body that was signed, within the bounds.

mod common;

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use common::{
    World,
    client::{Call, now},
    documents::typed,
    eventually, in_world,
};
use contract::{
    Digest, HEADER_BODY_SHA256, HEADER_METRICS, HEADER_NONCE, HEADER_REQUEST_ID, HEADER_SIGNATURE,
    Nonce, limits::BODY_BYTES_MAX,
};
use ureq::http::Method;

#[tokio::test]
async fn an_unsigned_request_is_refused_and_its_answer_is_worth_nothing() {
    in_world(async |world: World| {
        for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE] {
            let reply = Call::new(method, "case")
                .send_with(&world.base_url, Vec::new())
                .await;
            assert_eq!(reply.status, 401);
            assert!(reply.stored.is_err());
        }
        assert_eq!(
            world
                .count("select count(*) from annotation_document_state")
                .await,
            0
        );
        assert_eq!(
            world.count("select count(*) from spent_nonce").await,
            0,
            "strangers write nothing"
        );
    })
    .await;
}

#[tokio::test]
async fn a_request_that_was_changed_on_the_way_is_refused() {
    in_world(async |world: World| {
        let call = Call::put("case", None, &typed(1, "a"));
        let other_case = Call {
            case: "other".into(),
            ..call.clone()
        };
        let other_query = Call {
            query: "highlight_count=9".into(),
            ..call.clone()
        };
        let other_method = Call {
            method: Method::DELETE,
            ..call.clone()
        };
        let other_body = Call {
            body: typed(1, "b"),
            ..call.clone()
        };
        for changed in [other_case, other_query, other_method, other_body] {
            let reply = changed.send_with(&world.base_url, call.headers()).await;
            assert_eq!(reply.status, 401, "{} {}", changed.method, changed.target());
        }
        for name in [
            HEADER_BODY_SHA256,
            HEADER_NONCE,
            HEADER_SIGNATURE,
            HEADER_METRICS,
        ] {
            let mut headers = call.headers();
            headers.retain(|(header, _)| *header != name);
            headers.push((name, Digest::of(b"other").to_string()));
            assert_eq!(
                call.send_with(&world.base_url, headers).await.status,
                401,
                "{name}"
            );
        }
        assert_eq!(world.get("case").await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_replayed_request_is_refused_also_by_a_restarted_host() {
    in_world(async |world: World| {
        let call = Call::put("case", None, &typed(1, "a"));
        assert_eq!(call.send(&world.base_url).await.status, 200);
        assert_eq!(call.send(&world.base_url).await.status, 401);
        let same_nonce = Call {
            nonce: call.nonce,
            ..Call::new(Method::GET, "case")
        };
        assert_eq!(same_nonce.send(&world.base_url).await.status, 401);

        let restarted = host::store::Store::new(&common::config(&world.database_url));
        assert!(
            !restarted.spend(&call.nonce).await.unwrap(),
            "the nonce is in Postgres, not in memory"
        );
        assert!(restarted.spend(&Nonce::new([7; 16])).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_room_that_is_only_looked_at_writes_nothing_and_its_replays_are_refused() {
    in_world(async |world: World| {
        for method in [Method::GET, Method::HEAD] {
            let call = Call::new(method, "case");
            assert_eq!(call.send(&world.base_url).await.status, 404);
            assert_eq!(call.send(&world.base_url).await.status, 401);
        }
        assert_eq!(world.count("select count(*) from spent_nonce").await, 0);
        assert_eq!(
            Call::new(Method::DELETE, "case")
                .send(&world.base_url)
                .await
                .status,
            200
        );
        assert_eq!(world.count("select count(*) from spent_nonce").await, 1);
    })
    .await;
}

#[tokio::test]
async fn postgres_knows_the_id_of_every_request_that_waits_for_it() {
    in_world(async |world: World| {
        for call in [
            Call::new(Method::GET, "case"),
            Call::new(Method::HEAD, "case"),
            Call::put("case", None, &typed(1, "a")),
            Call::new(Method::DELETE, "case"),
        ] {
            let mut sql = world.sql().await;
            let blocker = sql.transaction().await.unwrap();
            blocker
                .batch_execute("lock table annotation_document_state in access exclusive mode")
                .await
                .unwrap();
            let id = format!("edge-{}", call.method);
            let mut headers = call.headers();
            headers.push((HEADER_REQUEST_ID, id.clone()));
            let base_url = world.base_url.clone();
            let method = call.method.clone();
            let asking = tokio::spawn(async move { call.send_with(&base_url, headers).await });

            let name = format!("host {id}");
            let waits = || async {
                world
                    .count(&format!(
                        "select count(*) from pg_stat_activity
                         where application_name = '{name}' and wait_event_type = 'Lock'"
                    ))
                    .await
                    == 1
            };
            eventually(&format!("{method} is seen in Postgres"), waits).await;
            blocker.rollback().await.unwrap();
            assert!(asking.await.unwrap().stored.is_ok(), "{method}");
        }
        let left =
            "select count(*) from pg_stat_activity where application_name like 'host edge-%'";
        assert_eq!(
            world.count(left).await,
            0,
            "a connection keeps no request's name"
        );
    })
    .await;
}

#[tokio::test]
async fn a_stale_request_is_refused() {
    in_world(async |world: World| {
        for time in [now() - 70, now() + 70] {
            let stale = Call {
                time,
                ..Call::new(Method::GET, "case")
            };
            assert_eq!(stale.send(&world.base_url).await.status, 401);
        }
    })
    .await;
}

#[tokio::test]
async fn a_signed_request_with_a_query_that_cannot_be_read_is_refused() {
    in_world(async |world: World| {
        for query in [
            "",
            "highlight_count=1&base_version=1",
            "highlight_count=1&other=1",
        ] {
            let call = Call {
                query: query.into(),
                ..Call::put("case", None, &typed(1, "a"))
            };
            assert_eq!(call.send(&world.base_url).await.status, 400, "{query}");
        }
        assert_eq!(world.get("case").await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_body_that_is_announced_too_large_is_refused_before_a_byte_of_it_is_read() {
    in_world(async |world: World| {
        let reply = raw(
            &world,
            &Call::put("case", None, b""),
            Some(BODY_BYTES_MAX + 1),
        )
        .await;
        assert!(reply.starts_with("HTTP/1.1 413"), "{reply}");
    })
    .await;
}

#[tokio::test]
async fn a_put_without_a_length_is_refused() {
    in_world(async |world: World| {
        let reply = raw(&world, &Call::put("case", None, b""), None).await;
        assert!(reply.starts_with("HTTP/1.1 411"), "{reply}");
    })
    .await;
}

#[tokio::test]
async fn an_unsigned_body_is_not_waited_for() {
    in_world(async |world: World| {
        let mut call = Call::put("case", None, b"never sent");
        call.time = now() - 1_000;
        let reply = raw(&world, &call, Some(1_000_000)).await;
        assert!(reply.starts_with("HTTP/1.1 401"), "{reply}");
    })
    .await;
}

#[tokio::test]
async fn bytes_in_flight_are_bounded_and_given_back_when_their_senders_go() {
    in_world(async |world: World| {
        let address = world.base_url.replace("http://", "");
        let hoard: Vec<TcpStream> = (0..4)
            .map(|_| {
                let mut stream = TcpStream::connect(&address).unwrap();
                let head = head(
                    &Call::put("case", None, b"never sent"),
                    Some(BODY_BYTES_MAX),
                );
                stream.write_all(head.as_bytes()).unwrap();
                stream
            })
            .collect();
        let get = "GET /metrics HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n";
        let in_flight = format!("glossator_host_bytes_in_flight {}\n", 4 * BODY_BYTES_MAX);
        let full = || async { request(&world, get).await.contains(&in_flight) };
        eventually("all bytes are reserved", full).await;

        assert_eq!(world.put("case", None, &typed(1, "a")).await.status, 503);
        assert_eq!(
            world.get("case").await.status,
            404,
            "what needs no bytes is served"
        );
        drop(hoard);
        let stored = || async { world.put("case", None, &typed(1, "a")).await.status == 200 };
        eventually("the bytes are given back", stored).await;
    })
    .await;
}

#[tokio::test]
async fn paths_that_name_no_case_are_refused() {
    in_world(async |world: World| {
        for path in ["/snapshots/a%20b", "/snapshots/%2e%2e", "/snapshots/é"] {
            let reply = request(
                &world,
                &format!("GET {path} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n"),
            )
            .await;
            assert!(reply.starts_with("HTTP/1.1 400"), "{path}: {reply}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_workers_metrics_are_summed_only_if_the_request_proves_itself() {
    in_world(async |world: World| {
        let metrics = r#"{"frames_refused":{"4477":3},"rooms_woken":1}"#;
        let call = Call {
            metrics: Some(metrics.into()),
            ..Call::new(Method::HEAD, "case")
        };
        call.send(&world.base_url).await;
        let again = Call {
            nonce: Nonce::new([3; 16]),
            ..call.clone()
        };
        again.send(&world.base_url).await;
        let mut forged = call.headers();
        forged.retain(|(name, _)| *name != HEADER_METRICS);
        forged.push((HEADER_METRICS, metrics.replace('3', "9")));
        call.send_with(&world.base_url, forged).await;

        let text = request(
            &world,
            "GET /metrics HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n",
        )
        .await;
        assert!(
            text.contains("glossator_edge_frames_refused_total{code=\"4477\"} 6"),
            "{text}"
        );
        for name in [
            "host_requests_total",
            "host_request_seconds_bucket",
            "host_pool_connections",
            "bytes_in_flight",
        ] {
            assert!(text.contains(name), "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn unreadable_metrics_do_not_stand_in_the_way_of_a_snapshot() {
    in_world(async |world: World| {
        let call = Call {
            metrics: Some("[]".into()),
            ..Call::put("case", None, &typed(1, "a"))
        };
        assert_eq!(call.send(&world.base_url).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_request_keeps_its_id_if_a_log_can_bear_it() {
    in_world(async |world: World| {
        let get = |id: &str| format!("GET /healthz HTTP/1.1\r\nhost: h\r\nx-request-id: {id}\r\nconnection: close\r\n\r\n");
        let kept = request(&world, &get("edge-1.a_b")).await;
        assert!(kept.contains("x-request-id: edge-1.a_b\r\n"), "{kept}");
        let replaced = request(&world, &get("a b\"c")).await;
        assert!(replaced.contains("x-request-id: ") && !replaced.contains("a b\"c"), "{replaced}");
    })
    .await;
}

/// Sends the head of a signed request that announces `length` and no body, and reads the answer.
async fn raw(world: &World, call: &Call, length: Option<usize>) -> String {
    request(world, &head(call, length)).await
}

fn head(call: &Call, length: Option<usize>) -> String {
    let mut head = format!(
        "{} {} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n",
        call.method,
        call.target()
    );
    for (name, value) in call.headers() {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    match length {
        Some(length) => head.push_str(&format!("content-length: {length}\r\n\r\n")),
        None => head.push_str("transfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
    }
    head
}

async fn request(world: &World, text: &str) -> String {
    let (address, text) = (world.base_url.replace("http://", ""), text.to_owned());
    let talk = move || {
        let mut stream = TcpStream::connect(address).expect("the host listens");
        stream.write_all(text.as_bytes()).expect("the host reads");
        let mut answer = Vec::new();
        stream
            .read_to_end(&mut answer)
            .expect("the host answers and closes");
        String::from_utf8_lossy(&answer).into_owned()
    };
    tokio::task::spawn_blocking(talk)
        .await
        .expect("the client works")
}
