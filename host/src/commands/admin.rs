//! `host admin`: what an operator says of institutions, of ways of signing in, and of who teaches.
//!
//! Each command can be given again, with other words: the last ones count. None of them takes a secret: those are in the
//! environment of `host serve`, under names that are given here.

mod erasure;
mod provider;

use provider::ProviderSaid;

use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use clap::Subcommand;
use host::{
    config::{DatabaseConfig, Lookup, MailConfig},
    sign_in::{EmailAddress, MembershipRole, Provider, Secrets, SignIn, is_domain, is_slug},
    store::{Institution, Promised, Store},
};

pub(crate) const COMMAND_LINE: &str = "command-line";

/// What is to be said.
#[derive(Subcommand)]
pub enum Admin {
    /// Name an institution and the domains that it answers for
    Institution {
        /// A short name of a-z, 0-9 and -
        slug: String,
        /// What people call it
        name: String,
        /// A domain of its addresses and of its scoped affiliations; may be given several times
        #[arg(long = "domain")]
        domains: Vec<String>,
    },
    /// Name a way of signing in
    Provider(ProviderSaid),
    /// Offer a way of signing in no longer; who came by it is still known
    RetireProvider {
        /// Its short name
        slug: String,
    },
    /// Say what an affiliation (faculty, staff, student) makes of people at an institution
    Role {
        /// The institution's short name
        institution: String,
        /// As eduPerson names it
        affiliation: String,
        /// student, staff, instructor or admin; `none` takes it back
        role: String,
    },
    /// Make somebody an instructor, who may create classes: now, or when they first sign in with this address
    Instructor {
        /// Their address
        email: String,
        /// The institution's short name
        #[arg(long)]
        institution: String,
        /// Make them one no longer; what their institution says of them at their sign-ins stays
        #[arg(long)]
        take_back: bool,
    },
    /// End the sessions of somebody, or of everybody, with whatever they have open by them
    SignOut {
        /// Their proven address
        #[arg(required_unless_present = "everybody")]
        email: Option<String>,
        /// Everybody's
        #[arg(long, conflicts_with = "email")]
        everybody: bool,
    },
    /// List the ways of signing in, and what they lack
    Providers,
    /// Erase somebody, as if they had done it themselves
    Erase {
        /// Their id or their proven address
        person: String,
        /// Hand the classes that are theirs over to this person, who must be in each of them
        #[arg(long)]
        classes_to: Option<String>,
    },
    /// List who was erased, and how far that has come
    Erasures,
}

/// `host admin`.
pub async fn admin(
    config: &DatabaseConfig,
    lookup: Lookup<'_>,
    wanted: Admin,
) -> anyhow::Result<ExitCode> {
    let store = Store::new(config);
    store.check_schema().await?;
    match wanted {
        Admin::Institution {
            slug,
            name,
            domains,
        } => {
            institution(&store, slug, name, &domains).await?;
        }
        Admin::Provider(said) => provider::put(&store, lookup, said).await?,
        Admin::RetireProvider { slug } => {
            ensure!(
                store.retire_provider(&slug, COMMAND_LINE).await?,
                "no way of signing in is called {slug}: `host admin providers` lists them"
            );
            println!("{slug} is not offered any more");
        }
        Admin::Role {
            institution,
            affiliation,
            role,
        } => {
            set_role(&store, &institution, &affiliation, &role).await?;
        }
        Admin::Instructor {
            email,
            institution,
            take_back,
        } => {
            instructor(&store, &email, &institution, take_back).await?;
        }
        Admin::SignOut { email, .. } => sign_out(&store, email.as_deref()).await?,
        Admin::Providers => list(&store, lookup).await?,
        Admin::Erase { person, classes_to } => {
            erasure::erase(&store, &person, classes_to.as_deref()).await?;
        }
        Admin::Erasures => erasure::list(&store).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn institution(
    store: &Store,
    slug: String,
    name: String,
    domains: &[String],
) -> anyhow::Result<()> {
    check_slug(&slug)?;
    ensure!(
        (1..=200).contains(&name.chars().count()) && name.trim() == name,
        "a name has 1 to 200 characters, without space at either end"
    );
    ensure!(
        !domains.is_empty(),
        "--domain is missing: name the domain of the institution's addresses, such as --domain example.edu"
    );
    let institution = Institution {
        id: slug,
        name,
        domains: domains
            .iter()
            .map(|domain| read_domain(domain))
            .collect::<Result<_, _>>()?,
    };
    if let Some(other) = store.put_institution(&institution, COMMAND_LINE).await? {
        bail!("{other} already answers for one of these domains: a domain is one institution's");
    }
    println!(
        "{} answers for {}",
        institution.id,
        institution.domains.join(", ")
    );
    Ok(())
}

async fn set_role(
    store: &Store,
    institution: &str,
    affiliation: &str,
    role: &str,
) -> anyhow::Result<()> {
    known_institution(store, institution).await?;
    let affiliation = affiliation.to_ascii_lowercase();
    ensure!(
        (1..=64).contains(&affiliation.len())
            && affiliation
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-'),
        "an affiliation is a word such as faculty, staff or student, without its scope"
    );
    let wanted = match role {
        "none" => None,
        role => Some(
            MembershipRole::parse(role)
                .context("a role is student, staff, instructor or admin; `none` takes it back")?,
        ),
    };
    store
        .put_affiliation_role(institution, &affiliation, wanted, COMMAND_LINE)
        .await?;
    println!("{affiliation} of {institution}: {role}, from each person's next sign-in on");
    Ok(())
}

async fn instructor(
    store: &Store,
    email: &str,
    institution: &str,
    take_back: bool,
) -> anyhow::Result<()> {
    known_institution(store, institution).await?;
    let address = EmailAddress::parse(email)
        .context("the address cannot be read: write it as ann@example.edu")?;
    let role = MembershipRole::Instructor;
    if take_back {
        let taken = store.take_membership_back(&address, institution, role, COMMAND_LINE);
        ensure!(
            taken.await?,
            "{email} was not made an instructor of {institution} by this command: there is nothing to take back"
        );
        println!("{email} is not an instructor of {institution} any more by this command");
        return Ok(());
    }
    let given = store
        .grant_membership(&address, institution, role, COMMAND_LINE)
        .await?;
    match given {
        Promised::Given => println!("{email} is an instructor of {institution}"),
        Promised::ForLater => println!(
            "{email} will be an instructor of {institution} from their first sign-in by a way that proves this address on"
        ),
    }
    Ok(())
}

async fn sign_out(store: &Store, email: Option<&str>) -> anyhow::Result<()> {
    let people = if let Some(email) = email {
        let address = EmailAddress::parse(email)
            .context("the address cannot be read: write it as ann@example.edu")?;
        let found = store.find_user_by_email(&address).await?;
        vec![found.with_context(|| format!("nobody here has the proven address {email}"))?]
    } else {
        store.people_with_sessions().await?
    };
    let mut ended = 0;
    for person in &people {
        ended += store.end_sessions(*person).await?;
    }
    println!(
        "{ended} sessions of {} people have ended; what is open by them ends within seconds while the host serves",
        people.len()
    );
    Ok(())
}

async fn list(store: &Store, lookup: Lookup<'_>) -> anyhow::Result<()> {
    let providers = store.list_providers().await?;
    if providers.is_empty() {
        println!("nobody can sign in: name a way with `host admin provider`");
    }
    for provider in &providers {
        let institution = provider.institution.as_deref().unwrap_or("-");
        println!(
            "{}\t{}\t{}\t{institution}\t{}",
            provider.id,
            provider.kind.name(),
            provider.issuer,
            provider.name
        );
        tell_lack(lookup, provider)?;
    }
    Ok(())
}

/// This process has not the environment of `host serve`, so what is missing here may be there.
fn tell_lack(lookup: Lookup<'_>, provider: &Provider) -> anyhow::Result<()> {
    let set = provider.secret_variable.as_deref().and_then(lookup);
    let sign_in = SignIn {
        mail: MailConfig::read(lookup)?
            .as_ref()
            .map(SignIn::mail_by)
            .transpose()?,
        secrets: Secrets::new(move |_| set.clone()),
        ..SignIn::default()
    };
    if let Some(lack) = sign_in.lacks(provider) {
        println!("in this environment {lack}");
    }
    Ok(())
}

async fn known_institution(store: &Store, slug: &str) -> anyhow::Result<Institution> {
    let found = store.find_institution(slug).await?;
    found.with_context(|| {
        format!("no institution is called {slug}: name it with `host admin institution {slug} NAME --domain DOMAIN`")
    })
}

fn read_domain(text: &str) -> anyhow::Result<String> {
    ensure!(
        is_domain(text),
        "{text} is no domain: write it as example.edu, letters outside of ASCII as xn--"
    );
    Ok(text.to_ascii_lowercase())
}

fn check_slug(slug: &str) -> anyhow::Result<()> {
    ensure!(
        is_slug(slug),
        "{slug} is no short name: it has 1 to 64 of a-z, 0-9 and -, and begins and ends with none of -"
    );
    // The address of the page's own mail form, and what is no provider.
    ensure!(
        slug != "development",
        "development is the name of another way of signing in"
    );
    Ok(())
}
