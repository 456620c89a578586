// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Every rule: what holds, why, and where that is written. The ids are stable. */
public enum LintRule {
  VERSION_3(
      "a certificate is of version 3",
      "only version 3 has extensions, without which anybody is an authority",
      "RFC 5280, 4.1.2.1"),
  SERIAL_NUMBER(
      "the serial number is positive and at most 20 bytes long",
      "revocation names a certificate by it, and parsers cut longer ones",
      "RFC 5280, 4.1.2.2"),
  SERIAL_ENTROPY(
      "the serial number is at least 8 bytes long",
      "a number that nobody can guess keeps hash collisions from becoming forged certificates",
      "CA/Browser Forum BR, 7.1"),
  SIGNATURE_FIELDS(
      "the two signature algorithms of a certificate are the same",
      "one of them is not signed",
      "RFC 5280, 4.1.1.2"),
  SIGNATURE_HASH(
      "the signature is made over SHA-256 or stronger",
      "collisions of MD5 and SHA-1 forge certificates",
      "RFC 8017; NIST SP 800-131A"),
  UNIQUE_IDENTIFIERS(
      "there are no unique identifiers",
      "they are obsolete, and path validation ignores them",
      "RFC 5280, 4.1.2.8"),
  VALIDITY_ORDER(
      "the validity begins before it ends",
      "such a certificate is never valid",
      "RFC 5280, 4.1.2.5"),
  VALIDITY_ENCODING(
      "dates until 2049 are UTCTime, later ones GeneralizedTime, whole seconds in Z",
      "readers disagree about other forms",
      "RFC 5280, 4.1.2.5"),
  VALIDITY_NOW(
      "the certificate is valid at the time of the lint",
      "what is expired, or not valid yet, signs nothing",
      "RFC 5280, 6.1.3"),
  SUBJECT_EMPTY(
      "the subject has a name, or a critical alternative name stands for it",
      "nobody can be named by an empty name",
      "RFC 5280, 4.1.2.6"),
  NAME_TEXT(
      "names hold no control characters, NUL or characters that change the direction of text",
      "such a name shows something else than it says",
      "RFC 5280, 4.1.2.4; Unicode TR 36"),
  NAME_ENCODING(
      Severity.WARNING,
      "names are UTF8String or PrintableString (e-mail and domain components IA5String)",
      "names are compared by their encoding, and old encodings have many readings",
      "RFC 5280, 4.1.2.4"),
  SAN_EMPTY(
      "alternative names, where present, hold at least one",
      "an empty list names nobody",
      "RFC 5280, 4.2.1.6"),
  SAN_FORM(
      "alternative names are well formed: host, URI with a scheme, mailbox, address of 4 or 16 bytes",
      "a name that cannot be parsed escapes name constraints",
      "RFC 5280, 4.2.1.6"),
  SAN_CRITICAL(
      "alternative names are critical exactly where the subject is empty",
      "they are then the only name",
      "RFC 5280, 4.2.1.6"),
  KEY_KIND(
      "the key is of a kind that this suite uses",
      "there is no verifier for another",
      "FIPS 186-5; FIPS 204"),
  RSA_MODULUS(
      "an RSA modulus is odd and has 2048 to 8192 bits",
      "shorter ones are factored; longer ones cost each verifier too much",
      "NIST SP 800-131A, 3"),
  RSA_EXPONENT(
      "an RSA exponent is odd and from 65537 to 2^256",
      "small exponents make faulty padding checks forgeable",
      "FIPS 186-5, 5.1"),
  RSA_FACTOR(
      "an RSA modulus has no small factor and is no product of neighbours",
      "a broken random source made it",
      "NIST SP 800-89, 5.3.3"),
  RSA_ROCA(
      "an RSA modulus lacks the trace of the Infineon library's primes",
      "such keys can be factored",
      "CVE-2017-15361"),
  EC_CURVE(
      "an EC key is on P-256, P-384 or P-521",
      "others are too short, or unknown to verifiers",
      "FIPS 186-5; RFC 5480, 2.1.1.1"),
  EC_EXPLICIT(
      "a curve is named, not spelled out",
      "chosen parameters forge signatures",
      "RFC 5480, 2.1.1; CVE-2020-0601"),
  EC_POINT(
      "the public point is on its curve and uncompressed",
      "a point off the curve gives keys away, and firmware reads no compressed one",
      "SEC 1, 3.2.2.1"),
  EXTENSION_FORM(
      "every extension that the lint reads has its specified form",
      "readers disagree about a broken one",
      "RFC 5280, 4.2"),
  UNKNOWN_CRITICAL(
      "only extensions that firmware and kernels know are critical",
      "they refuse the certificate otherwise",
      "RFC 5280, 4.2"),
  SUBJECT_KEY_IDENTIFIER(
      "the certificate has a subject key identifier, not critical",
      "paths and kernel keyrings are found by it",
      "RFC 5280, 4.2.1.2"),
  AUTHORITY_KEY_IDENTIFIER(
      "the certificate has an authority key identifier, not critical",
      "with two keys of one name, nobody knows which signed",
      "RFC 5280, 4.2.1.1"),
  BASIC_CONSTRAINTS(
      "the certificate has basic constraints",
      "without them software guesses who is an authority",
      "RFC 5280, 4.2.1.9"),
  BASIC_CONSTRAINTS_CRITICAL(
      "basic constraints are critical",
      "software that does not know them takes a leaf for an authority",
      "RFC 5280, 4.2.1.9"),
  PATH_LENGTH_OF_LEAF(
      "only an authority has a path length", "it means nothing elsewhere", "RFC 5280, 4.2.1.9"),
  KEY_USAGE(
      "the certificate has a key usage with at least one bit",
      "a key without one may be used for everything",
      "RFC 5280, 4.2.1.3"),
  KEY_USAGE_CRITICAL(
      "key usage is critical", "it restricts, so nobody may ignore it", "RFC 5280, 4.2.1.3"),
  KEY_USAGE_AUTHORITY(
      "an authority may sign certificates and revocation lists, and nothing else",
      "an authority that signs artefacts can't be taken back without all its certificates",
      "RFC 5280, 4.2.1.3"),
  KEY_USAGE_LEAF(
      "a certificate of no authority may sign neither certificates nor revocation lists",
      "some software looks at the key usage alone",
      "RFC 5280, 4.2.1.3"),
  KEY_USAGE_OF_KEY(
      "the key can do what its usage says",
      "an EC key enciphers no key, an RSA key agrees on none, a PSS, Ed25519 or ML-DSA key only signs",
      "RFC 4055, 1.2; RFC 8410, 5; RFC 8813, 3"),
  EKU_MISSING(
      "a certificate of no authority says what its key is for",
      "it could stand in for any role",
      "RFC 5280, 4.2.1.12"),
  EKU_ANY("no purpose is anyExtendedKeyUsage", "any purpose is every role", "RFC 5280, 4.2.1.12"),
  NAME_CONSTRAINTS_CRITICAL(
      "name constraints are critical",
      "whoever ignores them is not constrained",
      "RFC 5280, 4.2.1.10"),
  NAME_CONSTRAINTS_LEAF(
      "only an authority has name constraints",
      "they mean nothing elsewhere",
      "RFC 5280, 4.2.1.10"),
  NAME_CONSTRAINTS_EMPTY(
      "name constraints permit or exclude something",
      "empty ones look like a limit and are none",
      "RFC 5280, 4.2.1.10"),
  POLICY_CONSTRAINTS_CRITICAL(
      "policy constraints and inhibitAnyPolicy are critical",
      "whoever ignores them is not constrained",
      "RFC 5280, 4.2.1.11, 4.2.1.14"),
  POLICY_CONSTRAINTS_LEAF(
      "only an authority has policy constraints or inhibitAnyPolicy",
      "they mean nothing elsewhere",
      "RFC 5280, 4.2.1.11, 4.2.1.14"),
  POLICIES_REPEATED(
      "a certificate policy stands in the certificate once",
      "validators differ about the second",
      "RFC 5280, 4.2.1.4"),
  LOCATION_FORM(
      "locations of issuers, OCSP and revocation lists are http or ldap URIs",
      "a location that cannot be read makes revocation fail open",
      "RFC 5280, 4.2.1.13, 4.2.2.1"),
  ROLE_SEVERAL(
      Severity.WARNING,
      "a key has one role",
      "a stolen key then does one kind of harm",
      "decision 0006"),
  ROLE_MISSING(
      "a certificate that is imported for a role carries the role",
      "verifiers refuse what it signs in that role",
      "decision 0006"),
  ROLE_KEY_USAGE(
      "a key with a role that signs has digitalSignature",
      "verifiers refuse it otherwise",
      "RFC 5280, 4.2.1.3"),
  ROLE_KEY(
      "boot, module and firmware keys are RSA with PKCS#1",
      "firmware and kernel check no other",
      "UEFI 2.10, 32.2.4; Linux module signing"),
  DEVICE_NAME(
      "a device has the URI of its UUID",
      "verifiers look there for the device that they talk to",
      "RFC 5280, 4.2.1.6; RFC 9562"),
  ROLE_NAME(
      Severity.WARNING,
      "a backend has the name of its host, a user a mailbox",
      "whoever asks for the identity looks there",
      "RFC 5280, 4.2.1.6"),
  OCSP_NO_CHECK(
      "an OCSP responder's certificate has id-pkix-ocsp-nocheck",
      "clients would ask the responder about itself",
      "RFC 6960, 4.2.2.2.1"),
  ISSUER_MISSING(
      Severity.WARNING,
      "the issuer's certificate is among the files",
      "the rules about issuer and certificate were not asked",
      "RFC 5280, 6.1"),
  ISSUER_NAME(
      "the issuer's name is the issuer's subject, byte by byte",
      "kernels and firmware compare bytes",
      "RFC 5280, 4.1.2.4"),
  ISSUER_AUTHORITY(
      "the issuer is an authority", "leaf certificates issue nothing", "RFC 5280, 6.1.4 (k)"),
  ISSUER_KEY_USAGE(
      "the issuer may sign certificates",
      "path validation refuses it otherwise",
      "RFC 5280, 6.1.4 (n)"),
  PATH_LENGTH(
      "the issuer's path length allows this authority",
      "path validation refuses it otherwise",
      "RFC 5280, 6.1.4 (m)"),
  SIGNATURE(
      "the issuer's key made the signature", "anybody else could have", "RFC 5280, 6.1.3 (a)"),
  SIGNATURE_SCHEME(
      "the signature's algorithm is the one of the issuer's key",
      "one scheme per key leaves no choice to a forger",
      "docs/formats.md"),
  VALIDITY_NESTING(
      "the certificate is valid only while its issuer is",
      "it would break before its time is over",
      "RFC 5280, 6.1.3"),
  IDENTIFIER_CHAIN(
      "the authority key identifier is the issuer's subject key identifier",
      "path builders pick the wrong issuer",
      "RFC 5280, 4.2.1.1"),
  KEY_OF_ISSUER(
      "the key is not the issuer's own",
      "a signer with the authority's key is an authority",
      "NIST SP 800-57-1, 5.2"),
  SUBJECT_OF_ISSUER(
      "subject and issuer have different names unless the certificate is self-signed",
      "path builders take it for self-issued, and skip its path length",
      "RFC 5280, 3.2"),
  EKU_CHAIN(
      "purposes are among those of the issuer, where it has any",
      "path validation refuses it otherwise",
      "CA/Browser Forum BR, 7.1.2.2"),
  SERIAL_REUSED(
      "an issuer uses a serial number once",
      "revoking one certificate revokes the other",
      "RFC 5280, 4.1.2.2"),
  KEY_REUSED(
      "a key serves one name and one set of purposes",
      "roles are not separate if their keys are the same",
      "NIST SP 800-57-1, 5.2"),
  REQUEST_SIGNATURE(
      "a request is signed by the key that it asks to certify",
      "anybody could ask for a stranger's key",
      "RFC 2986, 3"),
  REQUEST_AUTHORITY(
      "a request does not ask to become an authority",
      "authorities come from the profile",
      "RFC 5280, 4.2.1.9"),
  REQUEST_EXTENSION(
      Severity.WARNING,
      "a request asks for alternative names and usages only",
      "nothing else is copied into the certificate",
      "RFC 2985, 5.4.2"),
  CRL_VERSION(
      "a revocation list is of version 2",
      "version 1 has neither number nor identifier",
      "RFC 5280, 5.1.2.1"),
  CRL_NUMBER(
      "a revocation list has a number of at most 20 bytes",
      "an older list could replace a newer one",
      "RFC 5280, 5.2.3"),
  CRL_NEXT_UPDATE(
      "a revocation list says when the next one comes, later than itself",
      "without an end an old list is good for ever",
      "RFC 5280, 5.1.2.5"),
  CRL_STALE(
      "a revocation list is current at the time of the lint",
      "what was revoked since is not in it",
      "RFC 5280, 6.3.3"),
  CRL_IDENTIFIER(
      "a revocation list has an authority key identifier",
      "with two keys of one name, nobody knows which signed",
      "RFC 5280, 5.2.1"),
  CRL_ENTRIES(
      "a serial number stands once in a revocation list",
      "readers take the first, or the last",
      "RFC 5280, 5.3"),
  CRL_ISSUER(
      "the issuer of a revocation list may sign it (cRLSign) and did",
      "a leaf could revoke anybody, or nobody",
      "RFC 5280, 6.3.3 (f)");

  private final Severity severity;
  private final String what;
  private final String why;
  private final String clause;

  LintRule(String what, String why, String clause) {
    this(Severity.ERROR, what, why, clause);
  }

  LintRule(Severity severity, String what, String why, String clause) {
    this.severity = severity;
    this.what = what;
    this.why = why;
    this.clause = clause;
  }

  /** The name in commands and JSON: {@code serial-entropy}. */
  @JsonValue
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static Optional<LintRule> byId(String id) {
    return Arrays.stream(values()).filter(r -> r.id().equals(id)).findFirst();
  }

  public Severity severity() {
    return severity;
  }

  public String what() {
    return what;
  }

  public String why() {
    return why;
  }

  /** The specification's section. */
  public String clause() {
    return clause;
  }
}
