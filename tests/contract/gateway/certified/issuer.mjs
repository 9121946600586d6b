// A certified OpenID provider (npm `oidc-provider`) for the sign-in test: any name signs in, nothing is kept.
// Arguments: port, address of the gateway. Says `ready` when it listens.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [port, gateway] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "xiaoneng-web",
      client_secret: "the gateway's secret at this issuer",
      redirect_uris: [`${gateway}/auth/callback`],
      post_logout_redirect_uris: [`${gateway}/`],
      grant_types: ["authorization_code", "refresh_token"],
      backchannel_logout_uri: `${gateway}/auth/back-channel-logout`,
      backchannel_logout_session_required: true,
    },
    {
      client_id: "system@ganzhou",
      client_secret: "the system's secret at this issuer",
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
    },
  ],
  cookies: { keys: ["only for this test"] },
  pkce: { required: () => true },
  scopes: ["openid", "offline_access", "profile"],
  issueRefreshToken: async () => true,
  rotateRefreshToken: true,
  ttl: { AccessToken: 1, ClientCredentials: 60, Grant: 600, IdToken: 600, Interaction: 600, RefreshToken: 600, Session: 600 },
  features: {
    backchannelLogout: { enabled: true },
    clientCredentials: { enabled: true },
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => "urn:xiaoneng",
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: "openid", audience: "xiaoneng", accessTokenFormat: "jwt" }),
    },
  },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: id }) }),
  extraTokenClaims: (_, token) => (token.kind === "ClientCredentials" ? { sub: token.clientId } : {}),
});
createServer(provider.callback()).listen(Number(port), "127.0.0.1", () => console.log("ready"));
