// An OpenID provider shaped like NHS login (Interface Specification - Federation): private_key_jwt and ID tokens with
// RS512, vtr and vot, NHS number and proofing level among the claims. Logging in is choosing a person from a list.
// For staff it is shaped like NHS CIS2: acr_values and assurance levels, roles, organisations and the role chosen.
// Its one argument is JSON: {clientId, redirectUris, clientKey (JWK), users, algorithm, signedUserinfo, pkceRequired,
// port}.
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { Provider } from 'oidc-provider'

const { clientId, redirectUris, clientKey, users, algorithm, signedUserinfo, pkceRequired, port } = JSON.parse(
  process.argv[2],
)

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const signingKey = { ...pair.privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: algorithm }
const bySubject = Object.fromEntries(Object.values(users).map((user) => [user.subject, user]))

const claimsOf = (user, issuer) => ({
  sub: user.subject,
  vot: user.vot,
  vtm: `${issuer}/trustmark/${new URL(issuer).host}`,
  nhs_number: user.nhs_number,
  birthdate: user.birthdate,
  family_name: user.family_name,
  identity_proofing_level: user.level,
  authentication_assurance_level: user.assurance,
  nhsid_nrbac_roles: user.roles,
  selected_roleid: user.selected,
})

const configuration = (issuer) => ({
  clients: [
    {
      client_id: clientId,
      redirect_uris: redirectUris,
      response_types: ['code'],
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'RS512',
      id_token_signed_response_alg: algorithm,
      ...(signedUserinfo ? { userinfo_signed_response_alg: algorithm } : {}),
      require_auth_time: true,
      jwks: { keys: [clientKey] },
    },
  ],
  jwks: { keys: [signingKey] },
  enabledJWA: {
    clientAuthSigningAlgValues: ['RS512'],
    idTokenSigningAlgValues: [algorithm],
    userinfoSigningAlgValues: [algorithm],
  },
  clientAuthMethods: ['private_key_jwt'],
  claims: {
    openid: ['sub', 'vot', 'vtm', 'authentication_assurance_level'],
    nationalrbacaccess: ['nhsid_nrbac_roles'],
    associatedorgs: ['nhsid_user_orgs'],
    selectedrole: ['selected_roleid'],
    profile: ['nhs_number', 'birthdate', 'family_name', 'identity_proofing_level'],
  },
  conformIdTokenClaims: false,
  extraParams: ['vtr', 'allow_registration'],
  features: { devInteractions: { enabled: false }, jwtUserinfo: { enabled: true } },
  cookies: { keys: [randomUUID()] },
  pkce: { required: () => pkceRequired },
  routes: { authorization: '/authorize', token: '/token', userinfo: '/userinfo', jwks: '/.well-known/jwks.json' },
  ttl: { AccessToken: 300, AuthorizationCode: 60, Grant: 600, IdToken: 300, Interaction: 600, Session: 600 },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, subject) =>
    bySubject[subject] && { accountId: subject, claims: () => claimsOf(bySubject[subject], issuer) },
  loadExistingGrant: async ({ oidc }) => {
    const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId })
    grant.addOIDCScope(oidc.params.scope)
    await grant.save()
    return grant
  },
})

const buttons = Object.entries(users).map(
  ([name, user]) => `<p><button name="user" value="${name}">${name} ${user.family_name ?? ''} (${user.level ?? user.assurance})</button></p>`,
)
const page = (action) => `<!doctype html><html lang="en"><title>Pretend NHS login</title><main><h1>Pretend NHS login</h1>
<form method="post" action="${action}">${buttons.join('')}
<p><button name="user" value="">I do not agree to share my NHS login information</button></p></form></main></html>`

const refused = { error: 'access_denied', error_description: 'refused' }

function outcome(user, asked) {
  if (!user) return refused
  const isAsked = asked.vtr ? JSON.parse(asked.vtr).includes(user.vot) : user.assurance >= '2'
  const isEnough = user.insists || isAsked
  return isEnough ? { login: { accountId: user.subject } } : refused
}

async function interact(provider, request, response) {
  const { params } = await provider.interactionDetails(request, response)
  if (request.method === 'GET') {
    return response.setHeader('Content-Type', 'text/html; charset=utf-8').end(page(request.url))
  }
  const chosen = new URLSearchParams(await text(request)).get('user')
  return provider.interactionFinished(request, response, outcome(users[chosen], params))
}

const server = createServer()
server.listen(port, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  const provider = new Provider(issuer, configuration(issuer))
  provider.use(async (context, next) => {
    await next()
    const user = context.path === '/userinfo' && bySubject[context.body?.sub]
    if (user?.described_as) context.body = { ...context.body, sub: user.described_as }
  })
  const answer = provider.callback()
  server.on('request', (request, response) => {
    if (!request.url.startsWith('/interaction/')) return answer(request, response)
    interact(provider, request, response).catch(() => response.writeHead(400).end())
  })
  console.log(`ready ${issuer}`)
})
