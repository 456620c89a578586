// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.artifact.Authenticode;
import dev.trustme.artifact.DetachedSignature;
import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.artifact.DsseVerifier;
import dev.trustme.artifact.ModuleSignature;
import dev.trustme.artifact.SignatureDatabase;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.key.DsseSigner;
import dev.trustme.key.KeyType;
import dev.trustme.key.SigningKey;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Role;
import dev.trustme.trust.Scope;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.TestPe;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.junit.jupiter.api.Test;

/**
 * Every role against every kind of artefact, by the vendor and by customers: only the allowed cells
 * accept, and docs/roles.md is that table.
 */
class RoleMatrixTest {
  private static final Path TABLE = Path.of("../docs/roles.md");
  private static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant TO = Instant.parse("2028-01-01T00:00:00Z");
  private static final Instant AT = Instant.parse("2026-11-22T12:00:00Z");
  private static final Bytes MESSAGE = Bytes.utf8("what is signed");
  private static final Optional<String> VENDOR = Optional.empty();
  private static final Optional<String> ACME = Optional.of("acme");

  private final SigningKey rootKey = SigningKey.generate(KeyType.EC_P256);
  private final SigningKey subKey = SigningKey.generate(KeyType.EC_P256);
  private final SigningKey leafKey = SigningKey.generate(KeyType.EC_P256);
  private final SigningKey rsaKey = SigningKey.generate(KeyType.RSA_2048);
  private final X509CertificateHolder root = root();
  private final TrustStore store = new TrustStore(List.of(root));
  private final Map<Optional<Scope>, X509CertificateHolder> authorities = new HashMap<>();
  private final Map<List<Object>, X509CertificateHolder> leaves = new HashMap<>();
  private int serial;
  private int judged;
  private int accepted;

  /** A signer's certificate, as the table names it, with its usages. */
  private record Signer(String label, Optional<Role> role, boolean authority) {
    static List<Signer> all() {
      List<Signer> all = new ArrayList<>();
      Arrays.stream(Role.values())
          .forEach(r -> all.add(new Signer(r.label(), Optional.of(r), false)));
      all.add(new Signer("(no role)", Optional.empty(), false));
      all.add(new Signer("(an authority)", Optional.empty(), true));
      return all;
    }
  }

  @Test
  void onlyTheAllowedCellsAccept() throws IOException {
    var table = new StringBuilder();
    for (Signer signer : Signer.all()) {
      table.append("| ").append(signer.label()).append(" |");
      for (ArtifactKind kind : ArtifactKind.values()) {
        table.append(' ').append(cell(kind, signer)).append(" |");
      }
      table.append('\n');
    }
    String text = page(table.toString());
    if (Boolean.getBoolean("roles.write")) {
      Files.writeString(TABLE, text);
    }
    assertEquals(text, Files.readString(TABLE));
  }

  /** Who is accepted, after asserting that nobody else is. */
  private String cell(ArtifactKind kind, Signer signer) {
    boolean fits = signer.role().equals(Optional.of(kind.role()));
    var vendor = sub(Optional.empty());
    var allowed = sub(Optional.of(new Scope("acme", Set.of(kind.role()))));
    var others = EnumSet.complementOf(EnumSet.of(kind.role()));
    var notAllowed = sub(Optional.of(new Scope("acme", others)));
    String where = signer.label() + " for " + kind.label();
    boolean byVendor = judge(kind, VENDOR, signer, vendor);
    boolean byCustomer = judge(kind, ACME, signer, allowed);
    assertEquals(fits, byVendor, where);
    assertEquals(fits && kind.customers(), byCustomer, where + " of a customer");
    assertEquals(false, judge(kind, ACME, signer, notAllowed), where + " outside of the scope");
    assertEquals(false, judge(kind, VENDOR, signer, allowed), where + " as the vendor's");
    assertEquals(false, judge(kind, VENDOR, signer, notAllowed), where + " as the vendor's");
    assertEquals(false, judge(kind, ACME, signer, vendor), where + " by the vendor");
    assertEquals(
        false, judge(kind, Optional.of("other"), signer, allowed), where + " of another customer");
    return byVendor ? byCustomer ? "**vendor, customer**" : "**vendor**" : "–";
  }

  private boolean judge(
      ArtifactKind kind,
      Optional<String> customer,
      Signer signer,
      X509CertificateHolder authority) {
    var chain =
        signer.authority()
            ? List.of(authority)
            : List.of(leaf(authority, signer, leafKey), authority);
    boolean takes =
        kind.policy(customer)
            .map(policy -> new PathValidator(store, AT).validate(chain, policy))
            .filter(Verdict::accepted)
            .isPresent();
    judged++;
    accepted += takes ? 1 : 0;
    return takes;
  }

  /** DSSE: the envelope's own verifier over the same cells. */
  @Test
  void envelopesAcceptTheSameCells() throws FormatException {
    for (ArtifactKind kind : ArtifactKind.values()) {
      var type = payloadType(kind);
      for (Signer signer : Signer.all()) {
        if (type.isEmpty()) {
          continue;
        }
        boolean fits = signer.role().equals(Optional.of(kind.role()));
        var acme = sub(Optional.of(new Scope("acme", Set.of(kind.role()))));
        assertEquals(fits, envelope(kind, type.get(), VENDOR, signer, sub(Optional.empty())));
        assertEquals(fits && kind.customers(), envelope(kind, type.get(), ACME, signer, acme));
        assertEquals(false, envelope(kind, type.get(), VENDOR, signer, acme));
      }
    }
  }

  private static Optional<String> payloadType(ArtifactKind kind) {
    return switch (kind) {
      case CONTAINER_MANIFEST -> Optional.of(DsseEnvelope.CONTAINER);
      case RELEASE_MANIFEST -> Optional.of(DsseEnvelope.RELEASE);
      case ENROLMENT_RECORD -> Optional.of(DsseEnvelope.ENROLMENT);
      case EFI_PROGRAM,
          KERNEL_MODULE,
          LAYER,
          FIRMWARE_FILE,
          GUEST_CONFIGURATION,
          PCR_POLICY,
          LOG_CHECKPOINT ->
          Optional.empty();
    };
  }

  private boolean envelope(
      ArtifactKind kind,
      String type,
      Optional<String> customer,
      Signer signer,
      X509CertificateHolder authority)
      throws FormatException {
    var chain =
        signer.authority()
            ? List.of(authority)
            : List.of(leaf(authority, signer, leafKey), authority);
    var key = signer.authority() ? subKey : leafKey;
    var signed = new DsseSigner(key, chain).sign(type, MESSAGE);
    var policy = kind.policy(customer);
    return policy.isPresent()
        && new DsseVerifier(store, policy.get(), 1, AT).verify(signed, type).accepted();
  }

  /** Firmware and kernel know no roles: their lists hold the certificates of one role each. */
  @Test
  void firmwareAndKernelTakeTheSignersOfTheirLists() throws FormatException {
    var authority = sub(Optional.empty());
    for (Signer signer : Signer.all()) {
      var chain =
          signer.authority()
              ? List.of(authority)
              : List.of(leaf(authority, signer, rsaKey), authority);
      boolean vendor = signer.role().isPresent();
      var key = new RoleKey(signer.authority() ? subKey : rsaKey, chain);
      if (!signer.authority()) {
        var image = PeImage.parse(new EfiSigner(key).sign(PeImage.parse(TestPe.small())));
        var database = SignatureDatabase.of(list(authority, Role.BOOT, chain));
        assertEquals(
            vendor && signer.role().get() == Role.BOOT,
            Authenticode.verify(image, database).accepted(),
            signer.label());
      }
      Bytes pkcs7 = new Pkcs7Signer(key).detached(MESSAGE);
      assertEquals(
          signer.role().equals(Optional.of(Role.MODULE)),
          new ModuleSignature(MESSAGE, Optional.of(pkcs7))
              .verify(list(authority, Role.MODULE, chain))
              .accepted());
      assertEquals(
          signer.role().equals(Optional.of(Role.LAYER)),
          DetachedSignature.verify(pkcs7, MESSAGE, list(authority, Role.LAYER, chain)).accepted());
    }
  }

  /** The certificates of the role: this signer's own if it has the role, and another. */
  private List<X509CertificateHolder> list(
      X509CertificateHolder authority, Role role, List<X509CertificateHolder> chain) {
    var other = leaf(authority, new Signer("other", Optional.of(role), false), rsaKey);
    return role.in(chain.getFirst()) ? List.of(other, chain.getFirst()) : List.of(other);
  }

  private X509CertificateHolder root() {
    return certify("root", rootKey, "root", rootKey, List.of(new BasicConstraints(true)));
  }

  private X509CertificateHolder sub(Optional<Scope> scope) {
    return authorities.computeIfAbsent(
        scope,
        s -> {
          List<Object> extensions = new ArrayList<>(List.of(new BasicConstraints(0)));
          s.map(Scope::extension).ifPresent(extensions::add);
          return certify("root", rootKey, "sub", subKey, extensions);
        });
  }

  private X509CertificateHolder leaf(
      X509CertificateHolder authority, Signer signer, SigningKey key) {
    return leaves.computeIfAbsent(
        List.of(authority.getSerialNumber(), signer, key.publicKey()),
        which -> {
          List<Object> extensions = new ArrayList<>();
          signer
              .role()
              .map(r -> new ExtendedKeyUsage(KeyPurposeId.getInstance(r.usage())))
              .ifPresent(extensions::add);
          return certify("sub", subKey, "signer", key, extensions);
        });
  }

  /** Built here, as an issuer's lint does not let every wrong signer pass. */
  private X509CertificateHolder certify(
      String issuer, SigningKey issuerKey, String name, SigningKey key, List<Object> extensions) {
    var builder =
        new X509v3CertificateBuilder(
            new X500Name("CN=" + issuer),
            BigInteger.valueOf(++serial),
            Date.from(FROM),
            Date.from(TO),
            new X500Name("CN=" + name),
            key.publicKey());
    var identifiers = new BcX509ExtensionUtils();
    try {
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          identifiers.createSubjectKeyIdentifier(key.publicKey()));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          identifiers.createAuthorityKeyIdentifier(issuerKey.publicKey()));
      int usage = name.equals("signer") ? KeyUsage.digitalSignature : KeyUsage.keyCertSign;
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
      for (Object extension : extensions) {
        add(builder, extension);
      }
    } catch (CertIOException e) {
      throw new IllegalStateException(e);
    }
    return builder.build(issuerKey.contentSigner());
  }

  private static void add(X509v3CertificateBuilder builder, Object extension)
      throws CertIOException {
    switch (extension) {
      case BasicConstraints constraints ->
          builder.addExtension(Extension.basicConstraints, true, constraints);
      case ExtendedKeyUsage usages ->
          builder.addExtension(Extension.extendedKeyUsage, false, usages);
      case Extension other -> builder.addExtension(other);
      default -> throw new IllegalArgumentException(extension.toString());
    }
  }

  private String page(String rows) {
    String kinds =
        Arrays.stream(ArtifactKind.values())
            .map(ArtifactKind::label)
            .collect(Collectors.joining(" | "));
    return """
    # Roles and what they sign

    Who may sign what, as `RoleMatrixTest` finds it by asking the verifiers; the test fails where this page differs. Rows are the role in the signer's certificate (an extended key usage), columns are kinds of artefacts. **vendor**: a path without a scope, where the vendor's signature is asked for. **customer**: a path whose scope names the customer that is asked for and allows the role.

    | | %s |
    |---|%s
    %s
    %d combinations were judged and %d accepted. Beside the cells shown, each signer was also tried with a scope that does not allow the role, with a scope where the vendor's signature is asked for, without a scope where a customer's is, and for another customer: none is accepted.

    - `anyExtendedKeyUsage` counts for nothing, and neither does a certificate without extended key usages, unless a policy asks for `WIDER_KEYS`; that is a warning in every report.
    - Firmware and the kernel know no roles. Their lists (db, the keyrings) hold the certificates of the signers themselves, one role per list, and never an authority.
    - Firmware files, guest configurations, PCR policies and checkpoints of the log are judged by the path validation that their verifiers ask.
    """
        .formatted(kinds, "---|".repeat(ArtifactKind.values().length), rows, judged, accepted);
  }
}
