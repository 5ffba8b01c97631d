//! OpenID Connect: a university's single sign-on, and Google. Authorization code with PKCE, state, nonce and `iss`.

use std::sync::Arc;

use openidconnect::{
    AccessTokenHash, AuthType, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError,
    Client, ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IdTokenClaims, IdTokenFields, IdTokenVerifier, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError,
    Scope, SignatureVerificationError, StandardErrorResponse, StandardTokenResponse,
    SubjectIdentifier, TokenResponse, UserInfoClaims, UserInfoError,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreClientAuthMethod, CoreErrorResponseType,
        CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
        CoreTokenIntrospectionResponse, CoreTokenType,
    },
};

use super::{
    AuthResult, EmailAddress, Provider, ProviderKind, SignInError,
    auth_result::shown_name,
    claims::MoreClaims,
    discovery::{Discovery, Metadata},
    provider_http::{ProviderHttpError, is_loopback},
    way::{Departure, Elsewhere, Returned, Way},
};
use crate::{
    clock,
    error::chain,
    limits::{CLOCKS_APART_MAX_S, SUBJECT_BYTES_MAX},
};

type Tokens = StandardTokenResponse<
    IdTokenFields<
        MoreClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

type OidcClient = Client<
    MoreClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

type Claims = IdTokenClaims<MoreClaims, CoreGenderClaim>;
type Information = UserInfoClaims<MoreClaims, CoreGenderClaim>;

/// What is asked for besides; which of them a provider has, its document says.
const ATTRIBUTE_SCOPES: [&str; 3] = [
    "eduperson",
    "eduperson_affiliation",
    "eduperson_scoped_affiliation",
];

/// One provider that speaks OpenID Connect.
pub struct Oidc<'a> {
    provider: &'a Provider,
    secret: Option<String>,
    discovery: &'a Discovery,
}

impl<'a> Oidc<'a> {
    /// Of a provider, with its secret if it has one.
    pub fn new(provider: &'a Provider, secret: Option<String>, discovery: &'a Discovery) -> Self {
        Self {
            provider,
            secret,
            discovery,
        }
    }

    fn issuer(&self) -> Result<IssuerUrl, SignInError> {
        let issuer = IssuerUrl::new(self.provider.issuer.clone());
        issuer.map_err(|_| SignInError::Unavailable("its issuer is no URL".to_owned()))
    }

    fn client(&self, metadata: &Metadata) -> OidcClient {
        let id = ClientId::new(self.provider.client_id.clone().unwrap_or_default());
        let secret = self.secret.clone().map(ClientSecret::new);
        let client = OidcClient::from_provider_metadata(metadata.clone(), id, secret);
        // Basic is what every provider takes that does not say otherwise.
        let methods = metadata.token_endpoint_auth_methods_supported();
        let only_by_body = methods.is_some_and(|methods| {
            methods.contains(&CoreClientAuthMethod::ClientSecretPost)
                && !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
        });
        if only_by_body {
            client.set_auth_type(AuthType::RequestBody)
        } else {
            client
        }
    }

    /// Google is asked for accounts of a domain if only one may come in; what counts is what the ID token says.
    fn hosted_domain(&self) -> Option<&str> {
        match (self.provider.kind, self.provider.allowed.as_slice()) {
            (ProviderKind::Google, [domain]) => Some(domain),
            _ => None,
        }
    }

    async fn exchange(&self, client: &OidcClient, proof: &Returned) -> Result<Tokens, SignInError> {
        let of_this_machine = is_loopback(self.issuer()?.url());
        let ask = self.discovery.http().asking(of_this_machine);
        let exchange = client
            .exchange_code(AuthorizationCode::new(proof.code.clone()))
            .map_err(|_| SignInError::Unavailable("it names no token endpoint".to_owned()))?
            .set_pkce_verifier(PkceCodeVerifier::new(proof.verifier.clone()));
        exchange
            .request_async(&ask)
            .await
            .map_err(|error| match error {
                RequestTokenError::ServerResponse(_) => {
                    SignInError::Refused("it gave no tokens for its code")
                }
                RequestTokenError::Request(error) => unreachable_provider(&error),
                RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                    SignInError::Refused("its tokens cannot be read")
                }
            })
    }

    async fn information(
        &self,
        client: &OidcClient,
        tokens: &Tokens,
        subject: &SubjectIdentifier,
    ) -> Result<Option<Information>, SignInError> {
        let of_this_machine = is_loopback(self.issuer()?.url());
        let ask = self.discovery.http().asking(of_this_machine);
        let token = tokens.access_token().clone();
        let Ok(request) = client.user_info(token, Some(subject.clone())) else {
            return Ok(None);
        };
        let told: Result<Information, _> = request.request_async(&ask).await;
        told.map(Some).map_err(|error| match error {
            UserInfoError::Request(error) => unreachable_provider(&error),
            UserInfoError::ClaimsVerification(_) => {
                SignInError::Refused("its user information is somebody else's")
            }
            UserInfoError::Parse(_) | UserInfoError::Response(..) | UserInfoError::Other(_) | _ => {
                SignInError::Refused("its user information cannot be read")
            }
        })
    }

    /// Checks the ID token; with keys that are fetched anew if its key is not known, as after a rotation.
    async fn claims(
        &self,
        metadata: &Arc<Metadata>,
        client: &OidcClient,
        tokens: &Tokens,
        nonce: &str,
    ) -> Result<Claims, SignInError> {
        match checked(client, metadata, tokens, nonce) {
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey
                | SignatureVerificationError::CryptoError(_),
            )) => {
                let metadata = self.discovery.of(&self.issuer()?, Some(metadata)).await?;
                checked(&self.client(&metadata), &metadata, tokens, nonce)
            }
            checked => checked,
        }
        .map_err(|error| SignInError::Refused(words(&error)))
    }
}

impl Elsewhere for Oidc<'_> {
    async fn begin(&self, comes_back_to: &RedirectUrl) -> Result<Departure, SignInError> {
        let metadata = self.discovery.of(&self.issuer()?, None).await?;
        let client = self
            .client(&metadata)
            .set_redirect_uri(comes_back_to.clone());
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(["email", "profile"].map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge);
        let supported = metadata.scopes_supported().into_iter().flatten();
        for scope in supported.filter(|scope| ATTRIBUTE_SCOPES.contains(&scope.as_str())) {
            request = request.add_scope(scope.clone());
        }
        if let Some(domain) = self.hosted_domain() {
            request = request.add_extra_param("hd", domain.to_owned());
        }
        let (go, state, nonce) = request.url();
        Ok(Departure {
            go,
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
        })
    }
}

impl Way for Oidc<'_> {
    type Proof = Returned;

    async fn prove(&self, proof: Returned) -> Result<AuthResult, SignInError> {
        let issuer = self.issuer()?;
        let metadata = self.discovery.of(&issuer, None).await?;
        // A code of another provider, which one that misbehaves would have us spend there.
        let is_named = match &proof.issuer {
            Some(named) => named == issuer.as_str(),
            None => {
                !metadata
                    .additional_metadata()
                    .authorization_response_iss_parameter_supported
            }
        };
        if !is_named {
            return Err(SignInError::Refused("the code is another provider's"));
        }
        let client = self.client(&metadata);
        let client = client.set_redirect_uri(proof.came_back_to.clone());
        let tokens = self.exchange(&client, &proof).await?;
        let claims = self
            .claims(&metadata, &client, &tokens, &proof.nonce)
            .await?;
        let information = self.information(&client, &tokens, claims.subject()).await?;
        let auth = self.auth_result(&claims, information.as_ref())?;
        let hosted = auth.attributes.hosted_domain.as_ref();
        let allowed = &self.provider.allowed;
        if self.provider.kind == ProviderKind::Google
            && !allowed.is_empty()
            && !hosted.is_some_and(|domain| allowed.contains(domain))
        {
            return Err(SignInError::NotAllowed("its hosted domain is not listed"));
        }
        Ok(auth)
    }
}

impl Oidc<'_> {
    fn auth_result(
        &self,
        claims: &Claims,
        information: Option<&Information>,
    ) -> Result<AuthResult, SignInError> {
        let subject = claims.subject().as_str();
        if !(1..=SUBJECT_BYTES_MAX).contains(&subject.len()) || subject.contains('\0') {
            return Err(SignInError::Refused("its subject is empty or too long"));
        }
        // An address and whether it is verified are of one and the same source.
        let own = claims.email().map(|email| (email, claims.email_verified()));
        let told = information
            .and_then(|information| Some((information.email()?, information.email_verified())));
        let email = own.or(told);
        let name = claims.name().or_else(|| information?.name());
        let name = name.and_then(|name| {
            Some(
                name.get(None)
                    .or_else(|| Some(name.iter().next()?.1))?
                    .as_str()
                    .to_owned(),
            )
        });
        let further = information.map(UserInfoClaims::additional_claims);
        Ok(AuthResult {
            provider: self.provider.id.clone(),
            issuer: self.provider.issuer.clone(),
            subject: subject.to_owned(),
            email: email.and_then(|(email, _)| EmailAddress::parse(email)),
            email_verified: email.is_some_and(|(_, verified)| verified == Some(true)),
            name: name.as_deref().and_then(shown_name),
            attributes: claims.additional_claims().attributes(further),
        })
    }
}

/// The claims of an ID token that is good by these keys. Algorithms that the client's secret would be the key of, or none at
/// all, are not among those that count, whatever the provider's document says.
fn checked(
    client: &OidcClient,
    metadata: &Metadata,
    tokens: &Tokens,
    nonce: &str,
) -> Result<Claims, ClaimsVerificationError> {
    let other = |words: &str| ClaimsVerificationError::Other(words.to_owned());
    let token = tokens.id_token().ok_or_else(|| other("no ID token"))?;
    let algorithms = metadata.id_token_signing_alg_values_supported();
    let verifier: IdTokenVerifier<'_, CoreJsonWebKey> = client
        .id_token_verifier()
        .set_allowed_algs(algorithms.iter().filter(|it| is_asymmetric(it)).cloned())
        .set_issue_time_verifier_fn(|issued| {
            let now = i64::try_from(clock::unix_seconds()).unwrap_or(i64::MAX);
            if issued.timestamp() > now.saturating_add(CLOCKS_APART_MAX_S) {
                return Err("issued in the future".to_owned());
            }
            Ok(())
        });
    let claims = token.claims(&verifier, &Nonce::new(nonce.to_owned()))?;
    if let Some(expected) = claims.access_token_hash() {
        let signing = |_| other("its access token cannot be checked");
        let (algorithm, key) = (
            token.signing_alg().map_err(signing)?,
            token.signing_key(&verifier).map_err(signing)?,
        );
        let actual = AccessTokenHash::from_token(tokens.access_token(), algorithm, key);
        if actual.map_err(|_| other("its access token cannot be checked"))? != *expected {
            return Err(other("its access token is another one's"));
        }
    }
    Ok(claims.clone())
}

fn is_asymmetric(algorithm: &CoreJwsSigningAlgorithm) -> bool {
    matches!(
        algorithm,
        CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256
            | CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384
            | CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512
            | CoreJwsSigningAlgorithm::RsaSsaPssSha256
            | CoreJwsSigningAlgorithm::RsaSsaPssSha384
            | CoreJwsSigningAlgorithm::RsaSsaPssSha512
            | CoreJwsSigningAlgorithm::EcdsaP256Sha256
            | CoreJwsSigningAlgorithm::EcdsaP384Sha384
            | CoreJwsSigningAlgorithm::EdDsa
    )
}

fn unreachable_provider(error: &ProviderHttpError) -> SignInError {
    SignInError::Unavailable(chain(error))
}

/// What was wrong, in words that repeat nothing of the token.
fn words(error: &ClaimsVerificationError) -> &'static str {
    match error {
        ClaimsVerificationError::Expired(_) => "its ID token has expired",
        ClaimsVerificationError::InvalidAudience(_) => "its ID token is for somebody else",
        ClaimsVerificationError::InvalidIssuer(_) => "its ID token is another issuer's",
        ClaimsVerificationError::InvalidNonce(_) => "its ID token answers another question",
        ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey,
        ) => "its ID token is signed with a key that it does not publish",
        ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::DisallowedAlg(_)
            | SignatureVerificationError::UnsupportedAlg(_)
            | SignatureVerificationError::NoSignature,
        ) => "its ID token is not signed, or by an algorithm that does not count",
        ClaimsVerificationError::SignatureVerification(_) => "its ID token's signature is wrong",
        ClaimsVerificationError::InvalidAuthContext(_)
        | ClaimsVerificationError::InvalidAuthTime(_)
        | ClaimsVerificationError::InvalidSubject(_)
        | ClaimsVerificationError::Other(_)
        | ClaimsVerificationError::Unsupported(_)
        | _ => "its ID token cannot be used",
    }
}
