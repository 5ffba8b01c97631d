//! Whether what a server loses is found: measurements of servers that are made to.

use std::{cell::RefCell, rc::Rc};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc::{UnboundedSender, unbounded_channel},
    task::{LocalSet, spawn_local},
};
use tokio_tungstenite::{
    WebSocketStream, accept_hdr_async,
    tungstenite::{
        Bytes, Message,
        handshake::server::{ErrorResponse, Request, Response},
        http::header::SEC_WEBSOCKET_PROTOCOL,
    },
};

use super::*;
use crate::{document::Written, job::Dialect, wire::Writer};

/// What a server does with a frame, the how manieth of all it is: what it sends, and whether to all others or back.
type Answers = fn(usize, &[u8]) -> Vec<(Vec<u8>, bool)>;

const SMALL: Large = Large {
    edits: 60,
    highlights: 2,
};

fn forwards(_: usize, frame: &[u8]) -> Vec<(Vec<u8>, bool)> {
    vec![(frame.to_vec(), true)]
}

fn loses_the_seventh(number: usize, frame: &[u8]) -> Vec<(Vec<u8>, bool)> {
    if number == 7 {
        Vec::new()
    } else {
        forwards(number, frame)
    }
}

/// Answers a question with what it has of the large document.
fn answers_with(updates: &[Vec<u8>]) -> Vec<(Vec<u8>, bool)> {
    let writer = Writer::new(Dialect::YWebsocket, "");
    let first = updates.first().map(|update| (writer.step2(update), false));
    let others = updates.iter().skip(1);
    first
        .into_iter()
        .chain(others.map(|update| (writer.update(update), false)))
        .collect()
}

fn large() -> Vec<Vec<u8>> {
    let mut written = Written::new(0).expect("random numbers");
    written.large("somebody", SMALL)
}

fn has_all(_: usize, _: &[u8]) -> Vec<(Vec<u8>, bool)> {
    answers_with(&large())
}

fn lacks_a_highlight(_: usize, _: &[u8]) -> Vec<(Vec<u8>, bool)> {
    let fewer = Large {
        highlights: 1,
        ..SMALL
    };
    let mut written = Written::new(0).expect("random numbers");
    answers_with(&written.large("somebody", fewer))
}

/// Says what it was sent is saved, but for the last frame.
fn saves_all_but_the_third(_: usize, frame: &[u8]) -> Vec<(Vec<u8>, bool)> {
    match frame {
        [0, 0, ..] => vec![(Writer::new(Dialect::YWebsocket, "").step2(&[0, 0]), false)],
        [110, 3, ..] => Vec::new(),
        [110, number, ..] => vec![(vec![101, 1, *number, 1], false)],
        _ => Vec::new(),
    }
}

/// Answers who asks with nothing, and forwards where everybody is.
fn forwards_presence(_: usize, frame: &[u8]) -> Vec<(Vec<u8>, bool)> {
    match frame {
        [0, 0, ..] => vec![(Writer::new(Dialect::YWebsocket, "").step2(&[0, 0]), false)],
        _ => vec![(frame.to_vec(), true)],
    }
}

/// The same, but for one who says that they are at the third place.
fn loses_the_third_state(number: usize, frame: &[u8]) -> Vec<(Vec<u8>, bool)> {
    let is_third = frame.windows(10).any(|part| part == br#""anchor":3"#);
    if is_third {
        Vec::new()
    } else {
        forwards_presence(number, frame)
    }
}

/// Takes the subprotocol that is offered.
#[expect(clippy::result_large_err, reason = "as the library wants it")]
fn agree(
    request: &Request,
    mut response: Response,
) -> std::result::Result<Response, ErrorResponse> {
    if let Some(offered) = request.headers().get(SEC_WEBSOCKET_PROTOCOL) {
        let headers = response.headers_mut();
        headers.insert(SEC_WEBSOCKET_PROTOCOL, offered.clone());
    }
    Ok(response)
}

async fn serve(stream: WebSocketStream<TcpStream>, room: Rc<RefCell<Others>>, answers: Answers) {
    let (mut sink, mut incoming) = stream.split();
    let (sender, mut frames) = unbounded_channel();
    room.borrow_mut().sockets.push(sender.clone());
    spawn_local(async move {
        while let Some(frame) = frames.recv().await {
            sink.send(Message::Binary(frame)).await.expect("it is open");
        }
    });
    while let Some(Ok(message)) = incoming.next().await {
        if !message.is_binary() {
            continue;
        }
        let mut room = room.borrow_mut();
        room.frames += 1;
        for (frame, is_for_others) in answers(room.frames, &message.into_data()) {
            for socket in &room.sockets {
                if socket.same_channel(&sender) != is_for_others {
                    // Whoever has gone needs nothing.
                    let _ = socket.send(frame.clone().into());
                }
            }
        }
    }
}

#[derive(Default)]
struct Others {
    sockets: Vec<UnboundedSender<Bytes>>,
    frames: usize,
}

/// What is lost when two peers of a dialect meet at such a server.
fn losses_of(answers: Answers, dialect: &str, load: &Value) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    LocalSet::new().block_on(&runtime, async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        spawn_local(async move {
            let room = Rc::new(RefCell::new(Others::default()));
            while let Ok((stream, _)) = listener.accept().await {
                let socket = accept_hdr_async(stream, agree).await.expect("an upgrade");
                spawn_local(serve(socket, Rc::clone(&room), answers));
            }
        });
        let peer = |user| json!({ "url": format!("ws://{address}/"), "user": user });
        let job = json!({
            "dialect": dialect,
            "host": null,
            "pids": [std::process::id()],
            "rooms": [[peer("ann"), peer("ben")]],
            "connect_at_once": 2,
            "load": load,
        });
        let job = serde_json::from_value(job).expect("a job");
        run(&job).await.expect("a measurement").losses
    })
}

fn burst(updates: u32) -> Value {
    json!({ "kind": "burst", "updates": updates })
}

#[test]
fn a_server_that_forwards_everything_loses_nothing() {
    assert_eq!(
        losses_of(forwards, "relay", &burst(20)),
        Vec::<String>::new()
    );
}

#[test]
fn an_edit_that_never_arrives_is_lost_and_so_is_what_it_said() {
    let losses = losses_of(loses_the_seventh, "relay", &burst(20));
    assert_eq!(losses[0], "19 of 20 deliveries were made");
    assert!(losses[1].starts_with("ben has "), "{losses:?}");
}

#[test]
fn who_joins_must_have_all_of_a_large_document() {
    let holds = json!({ "edits": SMALL.edits, "highlights": SMALL.highlights });
    let join = json!({ "kind": "join", "holds": holds, "within_s": 0.0 });
    assert_eq!(
        losses_of(has_all, "y-websocket", &join),
        Vec::<String>::new()
    );
    let losses = losses_of(lacks_a_highlight, "y-websocket", &join);
    assert_eq!(losses.len(), 2, "{losses:?}");
}

#[test]
fn where_somebody_said_last_that_they_are_must_be_known() {
    let three_states = json!({
        "kind": "steady", "writers": 0, "edits_per_second": 1.0, "edit": "notes",
        "present": 1, "states_per_second": 10.0, "seconds": 0.25,
    });
    let forwarded = losses_of(forwards_presence, "y-websocket", &three_states);
    assert_eq!(forwarded, Vec::<String>::new());
    let lost = losses_of(loses_the_third_state, "y-websocket", &three_states);
    assert_eq!(lost, ["1 of 1 last states were not seen"]);
}

#[test]
fn what_our_client_is_not_told_to_be_saved_is_lost() {
    let losses = losses_of(saves_all_but_the_third, "glossator", &burst(3));
    let unsaved = "1 frames of ann are not saved";
    assert!(losses.iter().any(|loss| loss == unsaved), "{losses:?}");
}

#[test]
fn of_an_edit_that_leaves_nothing_no_delivery_is_waited_for() {
    let nothing = json!({
        "kind": "steady", "writers": 1, "edits_per_second": 10.0, "edit": "nothing",
        "present": 0, "states_per_second": 1.0, "seconds": 0.25,
    });
    assert_eq!(losses_of(forwards, "relay", &nothing), Vec::<String>::new());
}
