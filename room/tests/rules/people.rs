//! People with authority, and rooms that they are in.

use annotation::Role;
use room::{
    Authority, Ceiling, Change, Event, Proof, Protocol, RestoreOutcome, Ruling, RulingOutcome,
    SessionId,
};

use crate::{
    shell::{QUIET_MS, Shell},
    support::{Writer, base},
};

/// What a ticket proves that is issued now.
pub fn ticket(shell: &Shell, id: &str, role: Role) -> Authority {
    let until = shell.now + 15 * 60_000;
    Authority {
        proof: Proof::Ticket {
            id: id.to_owned(),
            spent_until: shell.now + 90_000,
        },
        role,
        name: "Somebody".to_owned(),
        origin: Some("https://glossator.example".to_owned()),
        region: None,
        granted_at: shell.now,
        until,
    }
}

pub fn resume(shell: &Shell, role: Role) -> Authority {
    Authority {
        proof: Proof::Resume,
        ..ticket(shell, "", role)
    }
}

pub fn client(shell: &Shell, id: &str, role: Role) -> Authority {
    Authority {
        proof: Proof::Client { id: id.to_owned() },
        origin: None,
        ..ticket(shell, "", role)
    }
}

/// A page that shows a ticket of its own.
pub fn page(shell: &mut Shell, user: &str, role: Role) -> SessionId {
    let shown = ticket(shell, &format!("{user} at {}", shell.now.0), role);
    let session = shell.open_with_authority(user, Protocol::Glossator, Some(shown));
    shell.ask(session);
    session
}

pub const LOCKED: Ceiling = Ceiling {
    role: Role::Read,
    spares_owners: true,
};
pub const ARCHIVED: Ceiling = Ceiling {
    spares_owners: false,
    ..LOCKED
};

/// The host tells what the case itself allows.
pub fn rule(shell: &mut Shell, ceiling: Option<Ceiling>) {
    let ruling = Ruling {
        ceiling,
        ..ruling(shell)
    };
    shell.tell(Event::RulingTold { ruling });
}

/// A program with a client token.
pub fn program(shell: &mut Shell, user: &str, role: Role) -> SessionId {
    let shown = client(shell, user, role);
    let session = shell.open_with_authority(user, Protocol::Stock, Some(shown));
    shell.ask(session);
    session
}

/// A room that owns somebody's "kept", written by an owner who is here.
pub fn room_of_owner() -> (Shell, SessionId, Writer) {
    let (mut shell, owner, olu) = room_to_archive();
    shell.stored_at(1);
    shell.forget_traffic();
    (shell, owner, olu)
}

/// The same room, at the moment in which it is to be archived for the first time.
fn room_to_archive() -> (Shell, SessionId, Writer) {
    let mut shell = Shell::new();
    let owner = program(&mut shell, "olu", Role::Own);
    shell.restored(RestoreOutcome::NeverStored);
    hear(&mut shell);
    let olu = Writer::new(10);
    shell.edit(owner, &olu.write("kept"));
    shell.edit(owner, &olu.add("highlights", "h", "olu"));
    shell.pass(QUIET_MS);
    (shell, owner, olu)
}

/// The host answers that nothing was changed.
pub fn hear(shell: &mut Shell) {
    let request = shell.rulings.pop().expect("asked when somebody came");
    let outcome = RulingOutcome::Told(ruling(shell));
    shell.tell(Event::RulingAnswered { request, outcome });
}

/// The same room, of which the object's storage was lost, and which has what the store knew.
pub fn room_after_a_loss() -> (Shell, SessionId, Writer) {
    let (mut before, _, olu) = room_to_archive();
    let sent = before.stored_at(1);
    let mut shell = Shell::new();
    let owner = program(&mut shell, "olu", Role::Own);
    hear(&mut shell);
    shell.restored(RestoreOutcome::Found {
        base: base(1),
        snapshot: sent.bytes,
        attribution: Some(sent.attribution),
    });
    shell.pass(10);
    shell.forget_traffic();
    (shell, owner, olu)
}

pub fn replica(of: &Writer, client: u64) -> Writer {
    let replica = Writer::new(client);
    replica.apply(&of.whole());
    replica
}

pub fn ruling(shell: &Shell) -> Ruling {
    Ruling {
        as_of: shell.now,
        ..Ruling::default()
    }
}

pub fn change(shell: &mut Shell, user: &str, role: Role) {
    let ruling = Ruling {
        changes: vec![Change {
            user: user.to_owned(),
            role,
            changed_at: shell.now,
        }],
        ..ruling(shell)
    };
    shell.tell(Event::RulingTold { ruling });
}
