// The mail server of `cargo xtask dev`: takes every mail, sends none on, and prints to whom it is and the addresses in it.
// `node xtask/mails.mjs PORT`.

import { text } from 'node:stream/consumers';

import { SMTPServer } from 'smtp-server';

const [port] = process.argv.slice(2);
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  onData: (stream, session, done) => {
    text(stream).then((mail) => {
      console.log(`a mail to ${session.envelope.rcptTo.map(({ address }) => address).join(', ')}`);
      for (const [link] of readable(mail).matchAll(/\bhttps?:\/\/\S+/g)) {
        console.log(link);
      }
      done();
    }, done);
  },
});
server.on('error', (error) => console.error(error.message));
server.listen(Number(port), '127.0.0.1');

/** A mail without what its encoding did to long lines and some letters. */
function readable(mail) {
  return /^content-transfer-encoding: quoted-printable/im.test(mail)
    ? mail.replaceAll(/=\r?\n/g, '').replaceAll(/=([0-9A-F]{2})/g, (_, code) => String.fromCharCode(parseInt(code, 16)))
    : mail;
}
