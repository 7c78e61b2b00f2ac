"""Sign-in of other organisations: OpenID Connect, authorization code with PKCE."""
