//! Keys and client tokens from the command line.

use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use clap::Args;
use contract::{
    CaseId, Person, Region, Role,
    limits::CLIENT_TOKEN_MS_MAX,
    token::{ClientToken, TicketSigner, TokenId},
};
use host::{
    config::DatabaseConfig,
    store::{Grant, Recorded, Store, StoreError},
};

/// Whose token, for what.
#[derive(Args)]
pub struct TokenFor {
    /// The case
    #[arg(long)]
    case: String,
    /// The person: both the id and the name that others see
    #[arg(long)]
    user: String,
    /// read, comment, annotate or own; the person is given this role on the case
    #[arg(long)]
    role: String,
    /// Where their class is, for a room that is not made yet: wnam, enam, sam, weur, eeur, apac, oc, afr or me
    #[arg(long)]
    region: Option<String>,
}

/// `host new-ticket-key`: what the host and the Worker are to be told of a new key.
pub fn new_ticket_key() -> anyhow::Result<ExitCode> {
    let text = TicketSigner::generate(random()?);
    let signer = TicketSigner::parse(&text)?;
    println!("TICKET_SIGNING_KEY={text}");
    println!("TICKET_PUBLIC_KEYS={}", signer.public_entry());
    Ok(ExitCode::SUCCESS)
}

/// `host token`: gives somebody a role on a case, and prints a client token for it.
pub async fn token(
    config: &DatabaseConfig,
    signer: Option<TicketSigner>,
    wanted: &TokenFor,
) -> anyhow::Result<ExitCode> {
    let signer = signer.context(
        "TICKET_SIGNING_KEY is not set: set it to the `id:KEY` that `host new-ticket-key` prints for it",
    )?;
    let case_id = CaseId::parse(&wanted.case)?;
    let person = Person::new(&wanted.user, &wanted.user)?;
    let role = Role::parse(&wanted.role).context("a role is read, comment, annotate or own")?;
    let region = wanted.region.as_deref().map(Region::parse).transpose()?;
    let store = Store::new(config);
    store.check_schema().await?;
    let grant = Grant {
        person,
        role: Some(role),
        region,
    };
    let granted = match store.set_grant(&case_id, &grant, "command-line").await {
        Err(StoreError::Nobody) => bail!(
            "there is nobody of this id: name an account that there is, or an id of another form"
        ),
        granted => granted?,
    };
    ensure!(granted.is_some(), "case {case_id} was deleted");
    let id = TokenId::new(random()?);
    let named = (id, wanted.user.as_str(), role);
    let recorded = store
        .record_client_token(&case_id, named, CLIENT_TOKEN_MS_MAX, "command-line")
        .await?;
    let granted = match recorded {
        Recorded::Granted(granted) => granted,
        Recorded::NotAllowed => bail!("the role was changed at this very moment; try again"),
        Recorded::TooMany => bail!(
            "this person has too many client tokens, or was given too many within a day: revoke some of them, or come \
             back tomorrow"
        ),
    };
    let token = ClientToken {
        id,
        case_id,
        person: granted.person,
        role,
        issued_ms: granted.now_ms,
        authority_until_ms: granted.now_ms.saturating_add(CLIENT_TOKEN_MS_MAX),
        region: granted.region,
    };
    println!("{}", token.issue(&signer));
    Ok(ExitCode::SUCCESS)
}

fn random<const BYTES: usize>() -> anyhow::Result<[u8; BYTES]> {
    let mut random = [0; BYTES];
    getrandom::fill(&mut random).context("no randomness can be had from the system")?;
    Ok(random)
}
