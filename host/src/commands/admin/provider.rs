//! `host admin provider`: a way of signing in, and what is wrong with how it was said.

use anyhow::{Context, bail, ensure};
use clap::Args;
use host::{
    config::Lookup,
    sign_in::{Provider, ProviderKind, SECRET_PREFIX, is_issuer},
    store::Store,
};

use super::{COMMAND_LINE, check_slug, known_institution, read_domain, tell_lack};

const GOOGLE: &str = "https://accounts.google.com";
const GITHUB: &str = "https://github.com";
const MAIL: &str = "mail";

/// A way of signing in.
#[derive(Args)]
pub struct ProviderSaid {
    /// A short name of a-z, 0-9 and -, which becomes a part of the address that people come back to
    slug: String,
    /// oidc, google, mail or github
    #[arg(long)]
    kind: String,
    /// What people are offered; the institution's name, or the kind's, if absent
    #[arg(long)]
    name: Option<String>,
    /// The provider's base URL; Google's and GitHub's own if absent
    #[arg(long)]
    issuer: Option<String>,
    /// What the provider calls us
    #[arg(long)]
    client_id: Option<String>,
    /// The variable in the environment of `host serve` that holds our secret there; its name begins with `SIGN_IN_SECRET_`
    #[arg(long)]
    secret_variable: Option<String>,
    /// Whose people it knows
    #[arg(long)]
    institution: Option<String>,
    /// Who may come by it, may be given several times: a domain (mail), a hosted domain (google), a login (github)
    #[arg(long = "allow")]
    allowed: Vec<String>,
    /// Among those of its kind, which is offered first
    #[arg(long, default_value_t = 0)]
    position: i32,
}

/// Names a way of signing in.
pub(super) async fn put(
    store: &Store,
    lookup: Lookup<'_>,
    said: ProviderSaid,
) -> anyhow::Result<()> {
    check_slug(&said.slug)?;
    let kind = ProviderKind::parse(&said.kind).context("--kind is oidc, google, mail or github")?;
    let institution = match &said.institution {
        None => None,
        Some(slug) => Some(known_institution(store, slug).await?),
    };
    check_client(
        kind,
        said.client_id.as_deref(),
        said.secret_variable.as_deref(),
    )?;
    let provider = Provider {
        id: said.slug,
        kind,
        issuer: read_issuer(kind, said.issuer)?,
        client_id: said.client_id,
        secret_variable: said.secret_variable,
        allowed: read_allowed(kind, &said.allowed, institution.is_some())?,
        name: said
            .name
            .or_else(|| Some(institution?.name))
            .unwrap_or_else(|| name_of(kind).to_owned()),
        institution: said.institution,
    };
    store
        .put_provider(&provider, said.position, COMMAND_LINE)
        .await?;
    println!("{} is offered as \"{}\"", provider.id, provider.name);
    if kind != ProviderKind::Mail {
        println!(
            "people come back to ORIGIN/auth/way/{}/callback: tell the provider so",
            provider.id
        );
    }
    tell_lack(lookup, &provider)
}

fn name_of(kind: ProviderKind) -> &'static str {
    match kind {
        ProviderKind::Oidc => "Single sign-on",
        ProviderKind::Google => "Google",
        ProviderKind::Mail => "E-mail",
        ProviderKind::GitHub => "GitHub",
    }
}

fn read_issuer(kind: ProviderKind, said: Option<String>) -> anyhow::Result<String> {
    let issuer = match (kind, said) {
        (ProviderKind::Mail, None) => return Ok(MAIL.to_owned()),
        (ProviderKind::Mail, Some(_)) => {
            bail!("--issuer is not for mail: SMTP_URL says where it is sent")
        }
        (ProviderKind::Google, None) => GOOGLE.to_owned(),
        (ProviderKind::GitHub, None) => GITHUB.to_owned(),
        (ProviderKind::Oidc, None) => bail!(
            "--issuer is missing: the URL before `/.well-known/openid-configuration`, exactly as the provider writes \
             it there"
        ),
        (_, Some(issuer)) => issuer,
    };
    ensure!(
        is_issuer(&issuer),
        "--issuer cannot be used: it begins with https:// and has neither query nor fragment; http:// is for this \
         machine alone"
    );
    Ok(issuer)
}

fn check_client(
    kind: ProviderKind,
    client_id: Option<&str>,
    secret_variable: Option<&str>,
) -> anyhow::Result<()> {
    if kind == ProviderKind::Mail {
        ensure!(
            client_id.is_none() && secret_variable.is_none(),
            "--client-id and --secret-variable are not for mail: SMTP_URL holds what the server wants"
        );
        return Ok(());
    }
    ensure!(
        client_id.is_some_and(|id| !id.is_empty()),
        "--client-id is missing: the provider gives it to whoever registers an application there"
    );
    ensure!(
        secret_variable.is_none_or(is_secret_variable),
        "--secret-variable names a variable of the environment, not the secret: one that begins with {SECRET_PREFIX}, \
         of A-Z, 0-9 and _"
    );
    // Of the others a client may be public.
    ensure!(
        kind == ProviderKind::Oidc || secret_variable.is_some(),
        "--secret-variable is missing: such as {SECRET_PREFIX}{}",
        kind.name().to_ascii_uppercase()
    );
    Ok(())
}

fn is_secret_variable(name: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    let rest = name.strip_prefix(SECRET_PREFIX).unwrap_or_default();
    !rest.is_empty() && name.len() <= 100 && rest.bytes().all(is_plain)
}

fn read_allowed(
    kind: ProviderKind,
    allowed: &[String],
    has_domains: bool,
) -> anyhow::Result<Vec<String>> {
    match kind {
        ProviderKind::Oidc => {
            ensure!(
                allowed.is_empty(),
                "--allow is not for oidc: whom its provider knows comes in"
            );
            Ok(Vec::new())
        }
        ProviderKind::Google => allowed.iter().map(|domain| read_domain(domain)).collect(),
        ProviderKind::Mail => {
            ensure!(
                !allowed.is_empty() || has_domains,
                "--allow is missing: name a domain whose addresses may sign in, or an --institution, whose domains do"
            );
            allowed.iter().map(|domain| read_domain(domain)).collect()
        }
        ProviderKind::GitHub => {
            ensure!(
                !allowed.is_empty(),
                "--allow is missing: name the login of a developer who may sign in"
            );
            let lower = |login: &String| login.to_ascii_lowercase();
            Ok(allowed.iter().map(lower).collect())
        }
    }
}
