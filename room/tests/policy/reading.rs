//! A whole document, read naively: each clock with what it is and where it stands, from the encoded document alone.
//!
//! Nothing here is shared with the crate: this is what the policy is compared with.

use std::{collections::BTreeMap, rc::Rc};

use yrs::{Any, encoding::read::Cursor as AnyCursor};

pub type Clock = (u64, u32);

/// Every clock of a document.
#[derive(Default)]
pub struct Reading {
    pub units: BTreeMap<Clock, Unit>,
}

/// What one clock is.
#[derive(Clone)]
pub struct Unit {
    pub is_deleted: bool,
    pub is_format: bool,
    /// The one plain value that it is.
    pub value: Option<Any>,
    /// What its author saw before it.
    pub origin: Option<Clock>,
    /// Absent for a tombstone that has lost its place.
    pub place: Option<Rc<Place>>,
}

/// Where it stands.
#[derive(Clone, PartialEq)]
pub struct Place {
    pub root: String,
    /// The keys of the maps on the way from the root, absent for a place in a list.
    pub path: Vec<Option<String>>,
    /// What on this way stands in the root itself.
    pub top: Clock,
}

struct Raw {
    len: u32,
    kind: u8,
    origin: Option<Clock>,
    right_origin: Option<Clock>,
    parent: Option<Parent>,
    key: Option<String>,
    value: Option<Any>,
}

#[derive(Clone)]
enum Parent {
    Root(String),
    Item(Clock),
}

impl Reading {
    /// Reads what yrs has encoded.
    pub fn of(encoded: &[u8]) -> Reading {
        let mut cursor = Cursor(encoded);
        let raws = cursor.structs();
        let mut places = BTreeMap::new();
        let mut units = BTreeMap::new();
        for (&(client, clock), raw) in &raws {
            let stands = place(&raws, (client, clock), &mut places);
            for offset in 0..raw.len {
                let mut place = stands.clone();
                // The values of one key in one struct: each of them is what stands in the root.
                if let Some(place) = place
                    .as_mut()
                    .filter(|place| offset > 0 && place.path.len() == 1)
                {
                    Rc::make_mut(place).top = (client, clock + offset);
                }
                let unit = Unit {
                    is_deleted: raw.kind < 2,
                    is_format: raw.kind == 6,
                    value: raw.value.clone(),
                    origin: raw.origin,
                    place,
                };
                units.insert((client, clock + offset), unit);
            }
        }
        for (client, clock, len) in cursor.deletes() {
            for (_, unit) in units.range_mut((client, clock)..(client, clock + len)) {
                unit.is_deleted = true;
            }
        }
        Reading { units }
    }

    pub fn is_alive(&self, id: Clock) -> bool {
        self.units.get(&id).is_some_and(|unit| !unit.is_deleted)
    }
}

/// Finds where a struct stands: as it says, or else where its left or its right neighbour does.
fn place(
    raws: &BTreeMap<Clock, Raw>,
    id: Clock,
    places: &mut BTreeMap<Clock, Option<Rc<Place>>>,
) -> Option<Rc<Place>> {
    let (&start, raw) = raws.range(..=id).next_back().expect("a document is whole");
    if let Some(found) = places.get(&start) {
        return found.clone();
    }
    let mut found = None;
    if raw.kind != 0 {
        for neighbour in [raw.origin, raw.right_origin].into_iter().flatten() {
            found = found.or_else(|| place(raws, neighbour, places));
        }
        found = match &raw.parent {
            None => found,
            Some(Parent::Root(root)) => Some(Rc::new(Place {
                root: root.clone(),
                path: vec![raw.key.clone()],
                top: start,
            })),
            Some(Parent::Item(parent)) => place(raws, *parent, places).map(|mut inside| {
                Rc::make_mut(&mut inside).path.push(raw.key.clone());
                inside
            }),
        };
        let entry = found
            .as_mut()
            .filter(|place| place.path.len() == 1 && place.top != start);
        if let Some(place) = entry {
            Rc::make_mut(place).top = start;
        }
    }
    places.insert(start, found.clone());
    found
}

struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn structs(&mut self) -> BTreeMap<Clock, Raw> {
        let mut raws = BTreeMap::new();
        for _ in 0..self.number() {
            let (structs, client, mut clock) = (self.number(), self.number(), self.number() as u32);
            for _ in 0..structs {
                let raw = self.raw();
                let len = raw.len;
                raws.insert((client, clock), raw);
                clock += len;
            }
        }
        raws
    }

    fn deletes(&mut self) -> Vec<(u64, u32, u32)> {
        let mut deletes = Vec::new();
        for _ in 0..self.number() {
            let client = self.number();
            for _ in 0..self.number() {
                deletes.push((client, self.number() as u32, self.number() as u32));
            }
        }
        deletes
    }

    fn raw(&mut self) -> Raw {
        let info = self.byte();
        let kind = info & 0x1f;
        let is_item = kind != 0;
        let origin = (is_item && info & 0x80 != 0).then(|| self.id());
        let right_origin = (is_item && info & 0x40 != 0).then(|| self.id());
        let says_place = is_item && info & 0xc0 == 0;
        let parent = says_place.then(|| match self.number() {
            1 => Parent::Root(self.text()),
            _ => Parent::Item(self.id()),
        });
        let key = (says_place && info & 0x20 != 0).then(|| self.text());
        let content = self.0;
        let len = self.content(kind);
        // After the count of one.
        let value = (kind == 8 && len == 1)
            .then(|| Any::decode(&mut AnyCursor::new(&content[1..])).expect("a value is one"));
        Raw {
            len,
            kind,
            origin,
            right_origin,
            parent,
            key,
            value,
        }
    }

    fn content(&mut self, kind: u8) -> u32 {
        match kind {
            0 | 1 => return self.number() as u32,
            3 | 5 => self.skip_buffer(),
            4 => return self.text().encode_utf16().count() as u32,
            6 => {
                self.skip_buffer();
                self.skip_buffer();
            }
            7 => {
                if self.byte() == 3 {
                    self.skip_buffer();
                }
            }
            8 => {
                let values = self.number() as u32;
                (0..values).for_each(|_| self.skip_any());
                return values;
            }
            _ => panic!("yrs wrote a struct of kind {kind}"),
        }
        1
    }

    fn skip_any(&mut self) {
        match self.byte() {
            125 => while self.byte() >= 0x80 {},
            124 => self.0 = &self.0[4..],
            122 | 123 => self.0 = &self.0[8..],
            119 | 116 => self.skip_buffer(),
            118 => {
                for _ in 0..self.number() {
                    self.skip_buffer();
                    self.skip_any();
                }
            }
            117 => (0..self.number()).for_each(|_| self.skip_any()),
            _ => {}
        }
    }

    fn byte(&mut self) -> u8 {
        let byte = self.0[0];
        self.0 = &self.0[1..];
        byte
    }

    fn number(&mut self) -> u64 {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            value |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                return value;
            }
        }
    }

    fn id(&mut self) -> Clock {
        (self.number(), self.number() as u32)
    }

    fn buffer(&mut self) -> &[u8] {
        let len = self.number() as usize;
        let (buffer, rest) = self.0.split_at(len);
        self.0 = rest;
        buffer
    }

    fn skip_buffer(&mut self) {
        self.buffer();
    }

    fn text(&mut self) -> String {
        String::from_utf8(self.buffer().to_vec()).expect("text is UTF-8")
    }
}
