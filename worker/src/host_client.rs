//! Asks the host: signed requests, and answers that count only if they are signed too.
//!
//! Every request ends after 10 s by a real abort; an answer is read up to a bound. Nothing of a body is ever logged.

use contract::{
    Asked, AuthorityQuestion, CaseId, CaseRuling, Digest, Direction, PutQuery, RequestParts,
    StoredState, Unverified, VerifiedAnswer, limits::BODY_BYTES_MAX, sign_request, snapshot_path,
    verify_answer_by,
};
use room::{
    ArchiveOutcome, Base, CheckOutcome, OutgoingSnapshot, RestoreOutcome, RulingOutcome,
    StoredUnion,
};
use web_sys::AbortSignal;
use worker::{Env, Method};

use crate::{
    case_client,
    chance::{self, NoRandomness},
    clock::now_s,
    exchange::{self, Outgoing, TIME_LIMIT},
    log::{self, Level, Line},
    meter, ruling,
    settings::{self, SettingsError},
    signature,
};

/// Why the host's word is not to be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HostError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    #[error("the base that the room builds on cannot be written: {0}")]
    MalformedBase(&'static str),
    #[error("the host cannot be reached: {0}")]
    Unreachable(worker::Error),
    #[error("the host did not answer within {} s", TIME_LIMIT.as_secs())]
    TimedOut,
    #[error("the host's answer is larger than {bytes_max} bytes")]
    TooLarge { bytes_max: usize },
    #[error("a body cannot be hashed: {0}")]
    Unhashed(worker::Error),
    #[error("the host answered {status}, which proves nothing: {refusal}")]
    Unproven {
        status: u16,
        refusal: contract::Refusal,
    },
    #[error("the host answered {status} and says that it holds {held}")]
    Unexpected { status: u16, held: &'static str },
}

/// One object's way to ask the host.
#[derive(Clone)]
pub(crate) struct HostClient {
    env: Env,
    case_id: CaseId,
    /// The id under which this client's requests are followed.
    request_id: Option<String>,
}

/// An answer that was proved.
struct Proven {
    status: u16,
    stored: StoredState,
    document: Vec<u8>,
    attribution: Vec<u8>,
}

/// What an answer to GET, HEAD or PUT says that the host holds of the case.
enum Held {
    Nothing,
    Tombstone,
    Snapshot {
        base: Base,
        bytes: Vec<u8>,
        attribution: Option<Vec<u8>>,
    },
}

impl HostClient {
    pub(crate) fn new(env: Env, case_id: CaseId) -> Self {
        Self {
            env,
            case_id,
            request_id: None,
        }
    }

    /// The same client, whose requests carry this id through all logs.
    pub(crate) fn following(self, request_id: Option<String>) -> Self {
        Self { request_id, ..self }
    }

    /// Fetches the stored snapshot.
    pub(crate) async fn restore(&self) -> RestoreOutcome {
        let error = match self.held(Method::Get, "", None).await {
            Ok(Held::Snapshot { bytes, .. }) if bytes.is_empty() => HostError::Unexpected {
                status: 200,
                held: "a snapshot, without its bytes",
            },
            Ok(Held::Snapshot {
                base,
                bytes,
                attribution,
            }) => {
                return RestoreOutcome::Found {
                    base,
                    snapshot: bytes,
                    attribution,
                };
            }
            Ok(Held::Nothing) => return RestoreOutcome::NeverStored,
            Ok(Held::Tombstone) => return RestoreOutcome::Deleted,
            Err(error) => error,
        };
        RestoreOutcome::Failed {
            reason: failure(&error),
        }
    }

    /// Asks what is stored, without the bytes.
    pub(crate) async fn check(&self) -> CheckOutcome {
        match self.held(Method::Head, "", None).await {
            Ok(Held::Snapshot { base, .. }) => CheckOutcome::Found { base },
            Ok(Held::Nothing) => CheckOutcome::NeverStored,
            Ok(Held::Tombstone) => CheckOutcome::Deleted,
            Err(error) => CheckOutcome::Failed {
                reason: failure(&error),
            },
        }
    }

    /// Sends the document.
    pub(crate) async fn archive(&self, snapshot: OutgoingSnapshot) -> ArchiveOutcome {
        let held = match put_query(&snapshot) {
            Ok(query) => {
                let mut body = snapshot.bytes;
                body.extend(snapshot.attribution);
                self.held(Method::Put, &query.encode(), Some(body)).await
            }
            Err(error) => Err(error),
        };
        let error = match held {
            Ok(Held::Snapshot {
                base,
                bytes,
                attribution,
            }) => {
                let union = StoredUnion {
                    snapshot: bytes,
                    attribution,
                };
                return ArchiveOutcome::Stored {
                    base,
                    union: (!union.snapshot.is_empty()).then_some(union),
                };
            }
            Ok(Held::Tombstone) => return ArchiveOutcome::Deleted,
            Ok(Held::Nothing) => HostError::Unexpected {
                status: 404,
                held: "nothing of this case",
            },
            Err(error) => error,
        };
        ArchiveOutcome::Failed {
            reason: failure(&error),
        }
    }

    /// Asks who may do what.
    pub(crate) async fn ruling(&self) -> RulingOutcome {
        let question = AuthorityQuestion::Ruling(self.case_id.clone());
        let request_id = self.request_id.as_deref();
        let reply = case_client::ask(&self.env, request_id, Method::Get, &question, None).await;
        let reason = match reply {
            Ok(reply) if reply.status == 200 => match CaseRuling::read(&reply.body) {
                Ok(ruling) => return RulingOutcome::Told(ruling::told(ruling)),
                Err(error) => error.to_string(),
            },
            Ok(reply) => format!("the host replied {}, which it never should", reply.status),
            Err(error) => error.to_string(),
        };
        RulingOutcome::Failed { reason }
    }

    /// Reports that the case is deleted; answers whether the host holds it as such.
    pub(crate) async fn report_deletion(&self) -> bool {
        let answer = self.ask(Method::Delete, "", None).await;
        let confirmed = matches!(
            &answer,
            Ok(Proven {
                status: 200,
                stored: StoredState::Deleted { .. },
                ..
            })
        );
        if !confirmed {
            let error = answer.map_or_else(|error| error, |other| other.unexpected());
            let reason = failure(&error);
            log::write(Line {
                reason: &reason,
                case_id: self.case_id.as_str(),
                ..Line::new(Level::Warn, "host_failed")
            });
        }
        confirmed
    }

    /// Asks what the host holds, or holds after what it is sent.
    async fn held(
        &self,
        method: Method,
        query: &str,
        body: Option<Vec<u8>>,
    ) -> Result<Held, HostError> {
        self.ask(method, query, body).await?.held()
    }

    /// Asks with a time limit. The metrics of the isolate travel with the request, and are kept if it fails.
    async fn ask(
        &self,
        method: Method,
        query: &str,
        body: Option<Vec<u8>>,
    ) -> Result<Proven, HostError> {
        let metrics = meter::take();
        let work = async |signal: &AbortSignal| {
            let sent = metrics.encode();
            self.exchange(&method, query, body, &sent, signal).await
        };
        let outcome = exchange::in_time(work).await;
        if outcome.is_err() {
            meter::put_back(&metrics);
        }
        outcome
    }

    async fn exchange(
        &self,
        method: &Method,
        query: &str,
        body: Option<Vec<u8>>,
        metrics: &str,
        signal: &AbortSignal,
    ) -> Result<Proven, HostError> {
        let host = settings::host(&self.env)?;
        let nonce = chance::nonce()?;
        let path = snapshot_path(&self.case_id);
        let body_sha256 = signature::sha256(body.as_deref().unwrap_or_default()).await;
        let parts = RequestParts {
            direction: Direction::EdgeToHost,
            method: method.as_ref(),
            path: &path,
            query,
            body_sha256: body_sha256.map_err(HostError::Unhashed)?,
            time: now_s(),
            nonce,
            metrics: Some(metrics),
            visit: None,
        };
        let mut url = format!("{}{path}", host.url);
        if !query.is_empty() {
            url.push('?');
            url.push_str(query);
        }
        let request = Outgoing {
            method,
            url: &url,
            signed: sign_request(&host.keys, &parts),
            request_id: self.request_id.as_deref(),
            body,
        };
        let answer = exchange::send(request, BODY_BYTES_MAX, signal).await?;

        let status = answer.status;
        let asked = Asked {
            direction: Direction::HostToEdge,
            case_id: self.case_id.clone(),
            nonce,
        };
        let VerifiedAnswer {
            stored,
            attribution_bytes,
        } = verify_answer_by(
            signature::sha256,
            &host.keys,
            (now_s(), status),
            &asked,
            |name| answer.header(name),
            &answer.body,
        )
        .await
        .map_err(|error| HostError::unverified(status, error))?;
        let mut document = answer.body;
        let attribution = document.split_off(document.len().saturating_sub(attribution_bytes));
        Ok(Proven {
            status,
            stored,
            document,
            attribution,
        })
    }
}

impl HostError {
    /// Why an answer of this status is not believed. That the platform cannot hash says nothing about the host; it is not
    /// believed either.
    pub(crate) fn unverified(status: u16, error: Unverified<worker::Error>) -> Self {
        match error {
            Unverified::Refused(refusal) => Self::Unproven { status, refusal },
            Unverified::Unhashed(error) => Self::Unhashed(error),
        }
    }
}

impl Proven {
    /// The status and the proof must say the same.
    fn held(self) -> Result<Held, HostError> {
        match (self.status, &self.stored) {
            (404, StoredState::Never { .. }) => Ok(Held::Nothing),
            (410, StoredState::Deleted { .. }) => Ok(Held::Tombstone),
            (200, StoredState::Stored(base)) => Ok(Held::Snapshot {
                base: spoken(base),
                bytes: self.document,
                attribution: (!self.attribution.is_empty()).then_some(self.attribution),
            }),
            (
                _,
                StoredState::NoStore
                | StoredState::Never { .. }
                | StoredState::Deleted { .. }
                | StoredState::Stored(_),
            ) => Err(self.unexpected()),
        }
    }

    fn unexpected(&self) -> HostError {
        let held = match self.stored {
            StoredState::NoStore => "no store",
            StoredState::Never { .. } => "nothing of this case",
            StoredState::Deleted { .. } => "the case as deleted",
            StoredState::Stored(_) => "a snapshot",
        };
        HostError::Unexpected {
            status: self.status,
            held,
        }
    }
}

fn failure(error: &HostError) -> String {
    meter::count_host_failure();
    error.to_string()
}

fn put_query(snapshot: &OutgoingSnapshot) -> Result<PutQuery, HostError> {
    Ok(PutQuery {
        base: snapshot.base.as_ref().map(written).transpose()?,
        highlight_count: snapshot.highlight_count,
        last_editor: snapshot.last_editor.clone(),
        attribution_bytes: u32::try_from(snapshot.attribution.len())
            .map_err(|_| HostError::MalformedBase("its attribution is too long"))?,
    })
}

/// A base as the room keeps it.
fn spoken(base: &contract::Base) -> Base {
    Base {
        generation: base.generation.to_string(),
        version: base.version,
        sha256: base.sha256.to_string(),
    }
}

/// A base as the host reads it.
fn written(base: &Base) -> Result<contract::Base, HostError> {
    Ok(contract::Base {
        generation: contract::Generation::parse(&base.generation)
            .map_err(|_| HostError::MalformedBase("its generation is none"))?,
        version: base.version,
        sha256: Digest::parse(&base.sha256)
            .map_err(|_| HostError::MalformedBase("its hash is none"))?,
    })
}
