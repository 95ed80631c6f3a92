// The FIDO metadata fetched once a day, with the revocation lists of its certificates: a service of our own on loopback (docs/passkeys.md).
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, test } from 'node:test';
import { ExternalProvider } from '../support_js/external_provider.mjs';
import { Authority, Maker, MetadataService } from '../support_js/metadata.mjs';
import { demoFor } from './support.mjs';

/** What the two servers say; a function may say nothing at all. */
const says = { document: '', list: '' };
const answer = (part) => (request, response) => {
  says.asked = [...(says.asked ?? []), part];
  if (says[part] === undefined) return request.socket.destroy();
  if (typeof says[part] === 'number') return response.writeHead(says[part], { location: 'http://127.0.0.1:1/' }).end();
  return response.writeHead(200).end(says[part]);
};
const listening = (server) => new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(server.address().port)); });

const lists = http.createServer(answer('list'));  // authorities publish without TLS
const crlUrl = `HTTP://127.0.0.1:${await listening(lists)}/root.crl`;  // schemes and hosts compare without case
const provider = await new ExternalProvider().start();  // its server certificate
provider.server.removeAllListeners('request').on('request', answer('document'));
after(async () => { lists.closeAllConnections(); await new Promise((resolve) => lists.close(resolve)); await provider.stop(); });

const service = new MetadataService({ crlUrl });
const maker = new Maker('8446ccb9-ab1d-b374-750b-2367ff6f3a1f');
const args = ['--provider-ca', provider.ca, '--provider-network', '127.0.0.0/8', '--passkey-metadata-url', `${provider.origin}/blob.jwt`];
const at = demoFor('passkey_metadata_fetch', { args }, async (demo) => {
  fs.writeFileSync(path.join(demo.folder, 'data', 'metadata-root.pem'), service.authority.pem);
  await demo.down();  // which root vouches is looked at when it starts
  await demo.up();
});
const held = () => at.demo.admin('passkeys', 'metadata').then((answered) => answered.metadata);
const publish = (number, list = service.authority.crl()) => Object.assign(says, { document: service.document(number, [maker.entry()]), list, asked: [] });
/** The mails that tell administrators that no new metadata was taken. */
const mails = async () => (await at.demo.outbox()).filter((mail) => /list of security keys|Liste von Sicherheitsschlüsseln/.test(mail.subject));

test('PROTO-502 the metadata is fetched once a day, with the lists that its certificates name', async () => {
  publish(7);
  await at.demo.advance('PT1H');
  assert.equal((await held())?.number, 7);
  assert.deepEqual(says.asked, ['document', 'list']);
  await at.demo.advance('PT3H');
  assert.deepEqual(says.asked, ['document', 'list'], 'once a day');
  assert.deepEqual(await mails(), []);
});

test('PROTO-502 attack: a revoked signer’s document is not taken, administrators are told at once and why, and what is held stays', async () => {
  publish(8, service.authority.crl({ revoked: [service.leaf] }));
  await at.demo.advance('P1D');
  await at.demo.advance('PT11M');
  assert.equal((await held()).number, 7);
  const told = await mails();
  assert.ok(told.length > 0, JSON.stringify((await at.demo.outbox()).map((mail) => mail.subject)));
  assert.match(told[0].text, /CN=metadata.*certificate revoked/);
  assert.equal(told.filter((mail) => mail.to === told[0].to).length, 1, 'once');
});

test('PROTO-502 while a list cannot be had, or is not current, no new document is taken; when it can, it is', async () => {
  const rows = [
    ['no answer', undefined], ['a mistake of the server', 503], ['a redirect', 302], ['over', service.authority.crl({ from: new Date('2024-01-01'), until: new Date('2024-02-01') })],
    ['another authority’s', new Authority('Another root').crl()], ['another key’s', new Authority('Metadata root').crl()], ['no list', 'nothing'], ['too large', Buffer.alloc(8 * 1024 * 1024 + 1, '0')],
  ];
  for (const [what, list] of rows) {
    publish(9);
    says.list = list;
    await at.demo.advance('PT1H');
    assert.deepEqual([(await held()).number, says.asked], [7, ['document', 'list']], what);
  }
  publish(9);
  await at.demo.advance('PT1H');
  assert.equal((await held()).number, 9);
});

test('PROTO-502 attack: a document that the service did not sign makes nobody look for lists', async () => {
  const forger = new MetadataService({ crlUrl });
  Object.assign(says, { document: forger.document(10, [maker.entry()]), list: forger.authority.crl(), asked: [] });
  await at.demo.advance('P1D');
  assert.equal((await held()).number, 9);
  assert.deepEqual(says.asked, ['document']);
});

test('PROTO-502 an outage of the service is told of after two days', async () => {
  publish(11);
  await at.demo.advance('PT1H');
  assert.equal((await held()).number, 11);
  const before = (await mails()).length;
  says.list = undefined;
  await at.demo.advance('P1D');
  await at.demo.advance('PT11M');
  assert.equal((await mails()).length, before, 'tomorrow is early enough');
  await at.demo.advance('P1D');
  await at.demo.advance('PT11M');
  const told = (await mails()).filter((mail) => /`CN=metadata` is revoked: its revocation list cannot be fetched/.test(mail.text));
  assert.equal(told.length, (await mails()).length - before);
  assert.ok(told.length > 0, JSON.stringify((await mails()).map((mail) => mail.text)));
  assert.equal((await held()).number, 11);
});
