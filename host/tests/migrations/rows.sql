-- A row for every table, put in as soon as the table is there: what a release that knew no more would have left behind.
-- Times are fixed, so that a migration that touches them is seen.

-- V0002
insert into annotation_document_state (case_id, crdt_state, highlight_count, last_editor, created_at, updated_at, version, sha256)
values ('in-re-flag', '\x0000', 1, 'ann', '2026-01-01Z', '2026-01-02Z', 7, sha256('\x0000')),
       ('gone', null, 0, null, '2026-01-01Z', '2026-01-02Z', 3, null);
update annotation_document_state set deleted_at = '2026-01-03Z' where case_id = 'gone';
-- V0003
insert into snapshot_history values ('in-re-flag', 6, '\x0000', sha256('\x0000'), 0, 'ann', '2026-01-01Z');
-- V0004
insert into snapshot_quarantine (case_id, version, crdt_state, sha256, reason, quarantined_at)
values ('in-re-flag', 5, '\x01', sha256('\x0000'), 'the hash is another one', '2026-01-01Z');
-- V0005
insert into outbox (case_id, "order", created_at) values ('gone', 'delete', '2026-01-03Z'), ('in-re-flag', 'check', '2026-01-03Z');
-- V0006
insert into spent_nonce values ('\x000102030405060708090a0b0c0d0e0f', '2026-01-01Z');
-- V0007
insert into projection values ('in-re-flag', 7, null, '2026-01-02Z');
-- V0008
insert into highlight (case_id, highlight_id, tag, start_offset, end_offset, quote, author_id, author, created_at)
values ('in-re-flag', 'h1', 'issue', 0, 4, 'flag', 'ann', 'Ann', '2026-01-01Z');
-- V0009
insert into highlight_comment (case_id, comment_id, highlight_id, body, author_id, author, created_at)
values ('in-re-flag', 'c1', 'h1', 'Which flag?', 'ann', 'Ann', '2026-01-01Z');
-- V0010
insert into case_text values (sha256('{}'), '{}', '2026-01-01Z');
-- V0011
insert into cases (case_id, title, kind, paragraphs, text_sha256, created_by, created_at)
values ('in-re-flag', 'In re the yellow flag', 'judgment', 2, sha256('{}'), 'ann', '2026-01-01Z');
-- V0012
insert into grants (case_id, user_id, name, role, region, changed_at, created_at)
values ('in-re-flag', 'ann', 'Ann', 'own', 'weur', '2026-01-01Z', '2026-01-01Z'),
       ('in-re-flag', 'ben', 'Ben', 'read', 'where-it-rains', '2026-01-01Z', '2026-01-01Z'),
       ('in-re-flag', 'cy', 'Cy', null, null, '2026-01-02Z', '2026-01-01Z');
-- V0013
insert into client_tokens values ('\x000102030405060708090a0b0c0d0e0f', 'in-re-flag', 'ann', 'read', '2026-01-01Z', '2026-01-02Z', null);
-- V0014
insert into case_states values ('in-re-flag', 'locked', '2026-01-01Z');
-- V0017
insert into pseudonyms values ('ann', '00000000-0000-4000-8000-0000000000aa');
-- V0018
insert into audit_log values
    (1, '2026-01-01Z', 'grant_set', 'in-re-flag', '00000000-0000-4000-8000-0000000000aa', '{}', 'r', decode(repeat('00', 32), 'hex'), sha256('1')),
    (2, '2026-01-03Z', 'share_set', 'in-re-flag', null, '{"is_invitation":true,"role":null}', 'r', sha256('1'), sha256('2')),
    (3, '2026-01-04Z', 'share_set', 'in-re-flag', '00000000-0000-4000-8000-0000000000aa', '{"is_invitation":false,"role":null}', 'r', sha256('2'), sha256('3')),
    (4, '2026-01-05Z', 'share_set', 'a-board', null, '{"is_invitation":true,"role":null}', 'r', sha256('3'), sha256('4')),
    (5, '2026-01-06Z', 'share_set', 'in-re-flag', null, '{"is_invitation":true,"role":"read"}', 'r', sha256('4'), sha256('5')),
    (6, '2026-01-07Z', 'grant_set', 'in-re-flag', null, '{"role":null}', 'r', sha256('5'), sha256('6'));
-- V0021
insert into users (id, name, email, created_at) values
    ('00000000-0000-4000-8000-000000000001', 'Dora', 'dora@uni.example', '2026-01-01Z'),
    ('00000000-0000-4000-8000-000000000002', 'Emil', null, '2026-01-01Z');
-- V0022
insert into sessions (id_hash, user_id, way, agent, created_at, last_seen_at, ends_at)
values (sha256('s'), '00000000-0000-4000-8000-000000000001', 'mail', 'a browser', '2026-01-01Z', '2026-01-01Z', '2026-01-08Z');
-- V0023
insert into institutions values ('uni', 'The university', '{uni.example}', '2026-01-01Z');
-- V0024
insert into providers (id, name, kind, institution_id, issuer, created_at) values ('mail', 'E-mail', 'mail', 'uni', 'mail', '2026-01-01Z');
-- V0025
insert into identities values ('mail', 'dora@uni.example', '00000000-0000-4000-8000-000000000001', 'dora@uni.example', true, '2026-01-01Z', '2026-01-01Z');
-- V0026
insert into sign_in_flows values (sha256('f'), sha256('b'), 'mail', 'https://glossator.example', '/', 'n', 'v', '2026-01-01Z');
-- V0027
insert into mail_links values (sha256('t'), sha256('b'), 'mail', 'dora@uni.example', '/', '2026-01-01Z');
-- V0028
insert into memberships values ('00000000-0000-4000-8000-000000000001', 'uni', 'instructor', 'granted', '2026-01-01Z');
insert into promised_memberships values ('fred@uni.example', 'uni', 'instructor', '2026-01-01Z');
-- V0029
insert into affiliation_roles values ('uni', 'faculty', 'instructor');
-- V0030
insert into rate_counters values (sha256('k'), '2026-01-01Z', '2026-01-02Z', 3);
-- V0031
insert into classes (id, name, owner_id, region, invite_code, state_changed_at, created_at)
values ('00000000-0000-4000-8000-0000000000c1', 'Digest', '00000000-0000-4000-8000-000000000001', 'weur', 'abcdefghij', '2026-01-01Z', '2026-01-01Z');
-- V0032
insert into enrolments values ('00000000-0000-4000-8000-0000000000c1', '00000000-0000-4000-8000-000000000002', 'student', '2026-01-01Z');
-- V0033
insert into roster_invitations values ('00000000-0000-4000-8000-0000000000c1', 'fred@uni.example', 'Fred', 'tutor', '2026-01-01Z');
-- V0036
update cases set class_id = '00000000-0000-4000-8000-0000000000c1', placed_at = '2026-01-01Z',
    owner_id = '00000000-0000-4000-8000-000000000001', visible_from = '2026-02-01Z', hidden_at = '2026-01-01Z';
-- V0038
insert into case_invitations values ('in-re-flag', 'gus@uni.example', 'comment', '2026-01-01Z');
-- V0039
insert into boards (board_id, title, owner_id, created_at) values ('a-board', 'Who knew what', '00000000-0000-4000-8000-000000000001', '2026-01-01Z');
-- V0041
insert into case_passage (text_sha256, start_offset, body) values (sha256('{}'), 0, 'The flag was yellow.');
-- V0042
insert into case_tag (case_id, tag_id, name) values ('in-re-flag', 't1', 'Issue');
-- V0044
insert into sections (id, class_id, name, created_at) values
    ('00000000-0000-4000-8000-00000000005e', '00000000-0000-4000-8000-0000000000c1', 'Monday', '2026-01-01Z');
-- V0048
insert into personas (class_id, user_id, name, created_at) values
    ('00000000-0000-4000-8000-0000000000c1', '00000000-0000-4000-8000-000000000002', 'Amber Heron', '2026-01-01Z');
-- V0052
insert into notices (user_id, case_id, thing_id, kind, by_id, created_at)
values ('00000000-0000-4000-8000-000000000001', 'in-re-flag', 'c1', 'mention', 'ann', '2026-01-01Z');
-- V0055
insert into private_notes values ('a-private-one', 'in-re-flag', '00000000-0000-4000-8000-000000000002', '2026-01-01Z');
-- V0060
insert into erasures (user_id, by_operator, asked_at) values ('zed', false, '2026-01-01Z');
insert into erasure_cases (user_id, case_id, fate, found_at) values ('zed', 'in-re-flag', 'rewritten', '2026-01-01Z');
-- V0070
insert into private_note_words (document_id, item, body) values ('a-private-one', 'n0', 'Ask about the flag.');
-- V0071
insert into board_note (board_id, note_id, body) values ('a-board', 's1', 'The flag was yellow.');
-- V0086
update cases set class_role = 'read';
-- V0087
update boards set class_role = 'comment', class_id = '00000000-0000-4000-8000-0000000000c1';
