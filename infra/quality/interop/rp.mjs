// A certified relying party (openid-client) against our issuer: discovery, code with PKCE, refresh,
// revocation, introspection and sign-out. The person's browser is a cookie jar and the pages' forms.
// Reads ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, AFTER_URI, EMAIL and PASSWORD.
import * as client from 'openid-client'

const { ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, AFTER_URI, EMAIL, PASSWORD } = process.env
const MAX_HOPS = 12
const jar = new Map()
let failed = 0

function check(what, good) {
  console.log(`${good ? 'ok    ' : 'FAILED'}  ${what}`)
  failed += good ? 0 : 1
}

async function refused(what, act) {
  try {
    await act()
    check(what, false)
  } catch (error) {
    check(`${what} (${error.error ?? error.code ?? error.name})`, true)
  }
}

async function visit(url, form) {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
  const headers = { cookie, accept: 'text/html' }
  const body = form && new URLSearchParams(form)
  const answer = await fetch(url, { method: form ? 'POST' : 'GET', headers, body, redirect: 'manual' })
  for (const line of answer.headers.getSetCookie()) {
    const [pair, ...more] = line.split('; ')
    const [name, value] = pair.split(/=(.*)/s)
    if (more.includes('Max-Age=0')) jar.delete(name)
    else jar.set(name, value)
  }
  return answer
}

function unescaped(text) {
  const named = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&#34;': '"', '&#39;': "'", '&quot;': '"' }
  return text.replace(/&(?:amp|lt|gt|quot|#34|#39);/g, (found) => named[found])
}

// Goes where a browser goes until an address of the client is reached; signs in on the way.
async function browse(start, goal) {
  let [url, form] = [new URL(start), undefined]
  for (let hop = 0; hop < MAX_HOPS; hop += 1) {
    if (url.href.startsWith(goal)) return url
    const answer = await visit(url, form)
    form = undefined
    const location = answer.headers.get('location')
    if (location) {
      url = new URL(location, url)
      continue
    }
    const page = await answer.text()
    const main = page.slice(page.indexOf('<main'))
    const later = main.match(/href="([^"]*)"[^>]*>\s*Later/)
    if (later) {
      url = new URL(unescaped(later[1]), url)
      continue
    }
    const action = main.match(/<form[^>]*method="post"[^>]*action="([^"]*)"/)
    if (!action || answer.status !== 200) throw new Error(`stuck at ${url.pathname}: ${answer.status}`)
    form = {}
    const own = main.slice(main.indexOf(action[0]), main.indexOf('</form>', main.indexOf(action[0])))
    for (const [, input] of own.matchAll(/<(?:input|button)([^>]*)>/g)) {
      const name = input.match(/\bname="([^"]*)"/)?.[1]
      const value = input.match(/\bvalue="([^"]*)"/)?.[1] ?? ''
      if (name && !(name in form)) form[name] = unescaped(value)
    }
    if ('email' in form) form.email = EMAIL
    if ('password' in form) form.password = PASSWORD
    url = new URL(unescaped(action[1]), url)
  }
  throw new Error('too many hops')
}

const options = { execute: [client.allowInsecureRequests] }
const config = await client.discovery(
  new URL(ISSUER), CLIENT_ID, undefined, client.ClientSecretBasic(CLIENT_SECRET), options,
)
const server = config.serverMetadata()
check('discovery names this issuer', server.issuer === ISSUER)
check('PKCE by S256 is announced', server.supportsPKCE())

const verifier = client.randomPKCECodeVerifier()
const [state, nonce] = [client.randomState(), client.randomNonce()]
const request = {
  redirect_uri: REDIRECT_URI,
  scope: 'openid profile email offline_access',
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
  nonce,
  max_age: '3600',
}
const back = await browse(client.buildAuthorizationUrl(config, request), REDIRECT_URI)
check('the answer names its issuer (RFC 9207)', back.searchParams.get('iss') === ISSUER)
const checks = {
  pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true, maxAge: 3600,
}
const wrong = new URL(back)
wrong.searchParams.set('iss', 'https://other.example')
await refused('an answer in another issuer\'s name is refused',
  () => client.authorizationCodeGrant(config, wrong, checks))
const tokens = await client.authorizationCodeGrant(config, back, checks)
const claims = tokens.claims()
check('code with PKCE gives an ID token of this request', claims.nonce === nonce && Boolean(claims.sid))
const info = await client.fetchUserInfo(config, tokens.access_token, claims.sub)
check('userinfo tells name and address', Boolean(info.name) && info.email === EMAIL)

const post = await client.discovery(
  new URL(ISSUER), CLIENT_ID, undefined, client.ClientSecretPost(CLIENT_SECRET), options,
)
const second = await client.refreshTokenGrant(post, tokens.refresh_token)
check('refresh gives the next pair', second.refresh_token !== tokens.refresh_token)
check('refresh is of the same person', second.claims().sub === claims.sub)
const told = await client.tokenIntrospection(config, second.access_token)
check('introspection says active', told.active === true && told.client_id === CLIENT_ID)
await client.tokenRevocation(config, second.refresh_token)
await refused('a revoked refresh token gives nothing',
  () => client.refreshTokenGrant(config, second.refresh_token))
const late = await client.tokenIntrospection(config, second.access_token)
check('its access token is over too', late.active === false)
await refused('userinfo refuses it',
  () => client.fetchUserInfo(config, second.access_token, claims.sub))

const silent = { ...request, prompt: 'none' }
const again = await browse(client.buildAuthorizationUrl(config, silent), REDIRECT_URI)
const third = await client.authorizationCodeGrant(config, again, checks)
check('a second sign-in asks nothing', third.claims().sid === claims.sid)
await refused('a code is worth something once',
  () => client.authorizationCodeGrant(config, again, checks))
const leave = client.buildEndSessionUrl(config, {
  id_token_hint: third.id_token, post_logout_redirect_uri: AFTER_URI, state: 'bye',
})
const left = await browse(leave, AFTER_URI)
check('sign-out comes back with its state', left.searchParams.get('state') === 'bye')
const out = await browse(client.buildAuthorizationUrl(config, silent), REDIRECT_URI)
await refused('after sign-out nobody is signed in',
  () => client.authorizationCodeGrant(config, out, checks))
process.exit(failed ? 1 : 0)
