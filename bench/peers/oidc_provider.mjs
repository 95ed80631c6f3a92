// npm oidc-provider with its in-memory adapter: client credentials as ES256 JWT, refresh with rotation, introspection.
// Prints one line of JSON when it serves: where, and tokens to work with.
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const port = Number(process.argv[2]);
const connections = Number(process.argv[3] ?? 16);
const resource = 'urn:bench:api';
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const provider = new Provider(`http://localhost:${port}`, {
  clients: [{ client_id: 'bench', client_secret: 'bench-secret-of-thirty-two-characters', grant_types: ['client_credentials', 'refresh_token', 'authorization_code'],
    redirect_uris: ['http://localhost/cb'], response_types: ['code'], id_token_signed_response_alg: 'ES256' }],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: 'bench' }] },
  cookies: { keys: ['bench'] },
  rotateRefreshToken: () => true,
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
  features: {
    devInteractions: { enabled: false }, clientCredentials: { enabled: true }, introspection: { enabled: true, allowedPolicy: async (_, client, token) => client.clientId === token.clientId },
    resourceIndicators: { enabled: true, useGrantedResource: () => true, getResourceServerInfo: () => ({ scope: 'read', audience: resource, accessTokenTTL: 3600, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } }) },
  },
  ttl: { RefreshToken: 86400, AccessToken: 3600, ClientCredentials: 3600, Grant: 86400, IdToken: 3600 },
});

provider.listen(port, '127.0.0.1', async () => {
  const client = await provider.Client.find('bench');
  const refresh_tokens = [];
  for (let i = 0; i < connections; i++) {
    const accountId = `person-${i}`;
    const grant = new provider.Grant({ accountId, clientId: 'bench' });
    grant.addOIDCScope('openid offline_access');
    grant.addResourceScope(resource, 'read');
    const grantId = await grant.save();
    const now = Math.floor(Date.now() / 1000);
    refresh_tokens.push(await new provider.RefreshToken({ accountId, client, grantId, scope: 'openid offline_access read', resource, gty: 'authorization_code', authTime: now, iiat: now, rotations: 0 }).save());
  }
  const token = await new provider.ClientCredentials({ client, scope: 'read' }).save();
  console.log(JSON.stringify({ port, path: '/token', introspection: '/token/introspection', client_id: 'bench', client_secret: 'bench-secret-of-thirty-two-characters', resource, refresh_tokens, token }));
});
