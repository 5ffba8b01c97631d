//! Updates that break yrs 0.28.1, or that it accepts at a price: none gets past the decoder.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use room::{
    decode::limits,
    known::{AdmitBounds, Known, Refusal},
};

use crate::{
    forge::number,
    support::{BOUNDS, Fenced},
    write::{between, entry, gc, in_root, in_type, push_text, single, text, update},
};

fn refusal(update: &[u8]) -> Refusal {
    Known::new()
        .admit(update, &BOUNDS)
        .expect_err("the update is refused")
}

fn malformed(update: &[u8]) -> &'static str {
    let refusal = refusal(update);
    let Refusal::Malformed(malformed) = refusal else {
        panic!("not malformed, but: {refusal}")
    };
    malformed.what
}

/// Arrays within arrays, as `Any` content.
fn nested_any(depth: usize) -> Vec<u8> {
    let mut content = vec![1];
    for _ in 1..depth {
        content.extend([117, 1]);
    }
    content.push(126);
    in_root(8, &content)
}

#[test]
fn de8_a_length_that_wraps_on_32_bits_is_refused() {
    // 15 bytes that panic yrs on wasm32 only.
    assert_eq!(
        malformed(&[1, 1, 1, 0, 4, 1, 1, 116, 255, 255, 255, 255, 15, 97, 0]),
        "text content"
    );
    assert_eq!(
        malformed(&single(in_root(3, &[255, 255, 255, 255, 15]))),
        "binary content"
    );
    assert_eq!(
        malformed(&single(in_root(8, &[1, 116, 255, 255, 255, 255, 15]))),
        "binary value"
    );
    assert_eq!(
        malformed(&single(vec![4, 1, 255, 255, 255, 255, 15])),
        "name of a root type"
    );
}

#[test]
fn de9_values_are_nested_64_deep_at_most() {
    assert!(Known::new().admit(&single(nested_any(64)), &BOUNDS).is_ok());
    for depth in [65, 5_000, 20_000, 1_000_000] {
        assert_eq!(
            refusal(&single(nested_any(depth))),
            Refusal::TooDeep { max: 64 },
            "{depth}"
        );
    }
    let mut objects = vec![1];
    for _ in 0..20_000 {
        objects.extend([118, 1, 1, b'k']);
    }
    objects.push(126);
    assert_eq!(
        refusal(&single(in_root(8, &objects))),
        Refusal::TooDeep { max: 64 }
    );
}

#[test]
fn de9_json_is_nested_64_deep_at_most_and_means_to_yrs_what_it_means_here() {
    let embed = |json: &str| single(in_root(5, &text(json)));
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    Fenced::new().feed(&embed(&nested(64))).unwrap();
    for depth in [65, 127, 128, 100_000] {
        assert_eq!(
            refusal(&embed(&nested(depth))),
            Refusal::TooDeep { max: 64 }
        );
    }
    for json in [
        "null",
        "-1.5e300",
        "{\"a\":[true,\"\\u00e9\"]}",
        "9223372036854775807",
        " [1] ",
    ] {
        Fenced::new().feed(&embed(json)).unwrap();
    }
    for json in [
        "",
        "undefined",
        "1e999",
        "18446744073709551615",
        "\"\\ud83d\"",
        "{1:2}",
        "[1,]",
        "[] []",
        "NaN",
    ] {
        assert_eq!(malformed(&embed(json)), "JSON", "{json}");
    }
    let mut format = text("bold");
    push_text(&mut format, "tru");
    assert_eq!(malformed(&single(in_root(6, &format))), "JSON");
}

#[test]
fn de10_shared_types_are_nested_64_deep_at_most() {
    let tower = |depth: u32| {
        let mut structs = vec![in_root(7, &[0])];
        structs.extend((1..depth).map(|level| in_type((1, level - 1), 7, &[0])));
        update(&[(1, 0, structs)], &[])
    };
    let mut room = Fenced::new();
    room.feed(&tower(64)).unwrap();
    assert_eq!(refusal(&tower(65)), Refusal::TooDeep { max: 64 });
    // One more level, in an update of its own, and beside something that is as deep as may be.
    let deeper = update(&[(2, 0, vec![in_type((1, 63), 7, &[0])])], &[]);
    assert_eq!(
        room.known.admit(&deeper, &BOUNDS),
        Err(Refusal::TooDeep { max: 64 })
    );
    let beside = update(
        &[(
            2,
            0,
            vec![
                between(Some((1, 63)), None, 7, &[0]),
                in_type((2, 0), 4, &text("x")),
            ],
        )],
        &[],
    );
    assert_eq!(
        room.known.admit(&beside, &BOUNDS),
        Err(Refusal::TooDeep { max: 64 })
    );
    room.feed(&update(
        &[(2, 0, vec![between(Some((1, 63)), None, 4, &text("x"))])],
        &[],
    ))
    .unwrap();
}

#[test]
fn de11_counts_beyond_the_bytes_that_are_left_are_refused() {
    for count in [&[0x80u8, 0x89, 0x7a][..], &[0xff, 0xff, 0xff, 0xff, 0x0f]] {
        let with = |before: &[u8], what| {
            assert_eq!(malformed(&[before, count, &[1, 2, 3, 4]].concat()), what);
        };
        with(&[], "client count");
        with(&[1], "struct count");
        with(&[0], "client count of the delete set");
        with(&[0, 1, 1], "range count of the delete set");
        with(&[1, 1, 1, 0, 8, 1, 1, b't'], "value count");
        with(&[1, 1, 1, 0, 8, 1, 1, b't', 1, 117], "array value count");
        with(&[1, 1, 1, 0, 8, 1, 1, b't', 1, 118], "object entry count");
    }
}

#[test]
fn de12_lengths_and_clocks_that_wrap_are_refused() {
    let near = limits::CLOCK_END - 1;
    assert!(
        Known::new()
            .admit(&update(&[(1, 0, vec![gc(near)])], &[]), &BOUNDS)
            .is_ok()
    );
    assert_eq!(
        malformed(&update(&[(1, 0, vec![gc(near), gc(2)])], &[])),
        "length of a struct"
    );
    assert_eq!(
        malformed(&update(&[(1, 0, vec![gc(u32::MAX)])], &[])),
        "length of a struct"
    );
    assert_eq!(
        malformed(&update(&[(1, u32::MAX, vec![gc(1)])], &[])),
        "clock"
    );
    assert_eq!(
        malformed(&update(&[], &[(1, near, 2)])),
        "length of a deleted range"
    );
    assert_eq!(
        malformed(&update(&[], &[(1, 5, u32::MAX)])),
        "length of a deleted range"
    );
    assert_eq!(
        malformed(&update(&[(1 << 53, 0, vec![gc(1)])], &[])),
        "client id"
    );
    assert_eq!(malformed(&update(&[], &[(1 << 53, 0, 1)])), "client id");
}

#[test]
fn de12_structs_of_no_length_are_refused() {
    assert_eq!(malformed(&single(gc(0))), "length of a struct");
    assert_eq!(malformed(&single(in_root(1, &[0]))), "length of a struct");
    assert_eq!(malformed(&single(in_root(4, &[0]))), "length of a struct");
    assert_eq!(malformed(&single(in_root(8, &[0]))), "length of a struct");
}

#[test]
fn de13_only_what_yjs_writes_today_is_accepted() {
    let mut guid = text("guid");
    guid.extend([118, 0]);
    assert_eq!(refusal(&single(in_root(9, &guid))), Refusal::Subdocument);
    assert_eq!(
        refusal(&single(in_root(7, &[5, 1, b'h']))),
        Refusal::Unsupported {
            what: "an XML hook"
        }
    );
    assert_eq!(
        refusal(&single(in_root(7, &[7, 0, 1, 0]))),
        Refusal::Unsupported {
            what: "a weak link"
        }
    );
    assert!(matches!(
        refusal(&single(in_root(2, &[1, 1, b'1']))),
        Refusal::Unsupported { .. }
    ));
    for kind in [11, 12, 15, 16, 17, 20, 26, 31] {
        assert_eq!(
            malformed(&single(in_root(kind, &[1, 1]))),
            "kind of struct",
            "{kind}"
        );
    }
    for shared in [8, 9, 15, 200] {
        assert_eq!(
            malformed(&single(in_root(7, &[shared]))),
            "kind of shared type",
            "{shared}"
        );
    }
    // Flags on a GC or a Skip mean one thing to Yjs and another to yrs.
    assert_eq!(malformed(&single(vec![0x80, 1])), "kind of struct");
    assert_eq!(malformed(&single(vec![0x2a, 1])), "kind of struct");
    assert_eq!(
        malformed(&single(vec![4, 2, 1, b't', 1, b'x'])),
        "kind of parent"
    );
    assert_eq!(
        malformed(&single(in_root(4, &[2, 0xc3, 0x28]))),
        "text content"
    );
    assert_eq!(malformed(&single(in_root(8, &[1, 115]))), "value tag");
}

#[test]
fn de13_the_second_update_format_is_refused() {
    // "Hi" in a text, as Yjs encodes it with `encodeStateAsUpdateV2`.
    let v2 = [
        0, 0, 1, 7, 0, 0, 1, 4, 6, 3, 116, 72, 105, 1, 2, 1, 1, 0, 0, 1, 1, 0, 0,
    ];
    assert!(matches!(refusal(&v2), Refusal::Malformed(_)));
}

#[test]
fn de14_an_update_is_read_to_its_last_byte_or_not_at_all() {
    let whole = update(
        &[(1, 0, vec![in_root(4, &text("ab")), gc(3)])],
        &[(1, 1, 2)],
    );
    assert!(Known::new().admit(&whole, &BOUNDS).is_ok());
    for cut in 0..whole.len() {
        assert!(
            Known::new().admit(&whole[..cut], &BOUNDS).is_err(),
            "cut at {cut}"
        );
    }
    assert_eq!(malformed(&[whole, vec![0]].concat()), "end of the update");
}

#[test]
fn de15_more_new_structs_than_fit_are_refused_and_known_ones_never_count() {
    let many = update(&[(1, 0, (0..50).map(|_| gc(1)).collect())], &[]);
    let bounds = AdmitBounds::of_peer(49);
    assert_eq!(
        Known::new().admit(&many, &bounds),
        Err(Refusal::TooManyStructs { max: 49 })
    );
    let mut room = Fenced::new();
    room.feed(&many).unwrap();
    let again = room.known.admit(&many, &AdmitBounds::of_peer(0)).unwrap();
    assert_eq!(again.novel, None);
}

#[test]
fn de15_more_values_or_deleted_ranges_than_are_good_for_memory_are_refused() {
    let mut content = Vec::new();
    number(&mut content, u64::from(limits::VALUES_MAX) + 1);
    content.resize(content.len() + limits::VALUES_MAX as usize + 1, 126);
    assert!(matches!(
        refusal(&single(in_root(8, &content))),
        Refusal::TooManyValues { .. }
    ));
    let mut deletes = vec![0, 1, 1];
    number(&mut deletes, u64::from(limits::DELETES_MAX) + 1);
    for index in 0..=limits::DELETES_MAX {
        number(&mut deletes, u64::from(2 * index));
        deletes.push(1);
    }
    assert!(matches!(refusal(&deletes), Refusal::TooManyDeletes { .. }));
}

#[test]
fn ad6_a_parent_that_holds_no_shared_type_is_refused() {
    let forged = update(
        &[(
            1,
            0,
            vec![in_root(4, &text("ab")), in_type((1, 1), 4, &text("x"))],
        )],
        &[],
    );
    assert_eq!(malformed(&forged), "item: its parent is not a shared type");
}

#[test]
fn ad6_a_map_entry_has_no_right_neighbour_and_one_value() {
    let element = in_root(4, &text("ab"));
    let value = entry("k", 8, &[1, 126]);
    let beside = between(Some((1, 1)), Some((1, 2)), 4, &text("x"));
    assert_eq!(
        malformed(&update(
            &[(1, 0, vec![element, value.clone(), beside])],
            &[]
        )),
        "map entry: it has a right neighbour"
    );
    let before = between(None, Some((1, 0)), 8, &[1, 126]);
    assert_eq!(
        malformed(&update(&[(1, 0, vec![value, before])], &[])),
        "map entry: it has a right neighbour"
    );
    let long = entry("k", 8, &[2, 126, 126]);
    assert_eq!(
        malformed(&update(&[(1, 0, vec![long.clone()])], &[(1, 0, 1)])),
        "map entry: it has several values"
    );
    // A client that keeps what it deletes puts replaced values together.
    Fenced::new()
        .feed(&update(&[(1, 0, vec![long])], &[(1, 0, 2)]))
        .unwrap();
}

#[test]
fn ad6_a_client_appears_once() {
    let twice = update(&[(1, 0, vec![gc(2)]), (1, 0, vec![gc(3)])], &[]);
    assert_eq!(malformed(&twice), "update: a client appears twice");
}

#[test]
fn de12_the_update_that_makes_every_later_encoding_panic_is_refused() {
    // yrs drops the empty text, so that what follows builds on an item that nobody has.
    let hazard = [
        1, 3, 1, 0, 4, 1, 1, 116, 0, 97, 132, 1, 0, 1, 98, 3, 1, 0, 1, 1, 1, 99, 0,
    ];
    assert_eq!(malformed(&hazard), "length of a struct");
}
