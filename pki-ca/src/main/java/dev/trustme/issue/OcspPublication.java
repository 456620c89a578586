// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.issue.Revocations.Entry;
import dev.trustme.key.KeyType;
import dev.trustme.key.SigningKey;
import dev.trustme.profile.Profile;
import dev.trustme.profile.RevocationPlan;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * OCSP responses of a folder, {@code ocsp/NAME/SERIAL.ocsp}: one for each certificate of an
 * authority's generation that has not expired. The responder's key is renewed before it ends.
 */
public final class OcspPublication {
  public static final String FOLDER = "ocsp";

  private final PkiSession session;

  public OcspPublication(PkiSession session) {
    this.session = session;
  }

  /** The answers of one generation. */
  public record Published(
      String issuer,
      String folder,
      int good,
      int revoked,
      int unknown,
      boolean newResponder,
      Instant nextUpdate) {}

  /** A responder with its key. */
  private record Responder(X509CertificateHolder certificate, SigningKey key, boolean made)
      implements AutoCloseable {
    @Override
    public void close() {
      key.close();
    }
  }

  /** Answers for all live certificates of the authority, and these further serial numbers. */
  public List<Published> publish(String authority, List<BigInteger> further)
      throws IOException, FormatException, GeneralSecurityException {
    var folder = session.folder();
    var plan = plan(folder.profile(), authority);
    var generations = Generation.living(folder, authority, session.at());
    Map<String, Map<BigInteger, X509CertificateHolder>> issued = issued(folder);
    var revocations = Revocations.of(folder);
    List<Published> published = new ArrayList<>();
    for (Generation generation : generations) {
      try (var responder = responder(generation, plan)) {
        var known = issued.getOrDefault(identifier(generation.certificate()), Map.of());
        published.add(
            answer(
                new Question(generation, known, further, revocations.of(generation.name())),
                responder,
                plan.responseDays()));
      }
    }
    return published;
  }

  private static RevocationPlan plan(Profile profile, String authority)
      throws GeneralSecurityException {
    var planned = profile.authorities().get(authority);
    if (planned == null || planned.revocationPlan().ocspKey().isEmpty()) {
      throw new GeneralSecurityException(
          "authority '%s' has no OCSP responder: its 'revocation' in the profile names no ocsp-key"
              .formatted(authority));
    }
    return planned.revocationPlan();
  }

  /** What a generation is asked about. */
  private record Question(
      Generation generation,
      Map<BigInteger, X509CertificateHolder> known,
      List<BigInteger> further,
      List<Entry> revoked) {
    Map<BigInteger, Entry> revokedBySerial() {
      Map<BigInteger, Entry> found = new LinkedHashMap<>();
      revoked.forEach(e -> found.put(e.serialNumber(), e));
      return found;
    }
  }

  /** Certificates of the folder that have not expired, by the key identifier of their issuer. */
  private Map<String, Map<BigInteger, X509CertificateHolder>> issued(PkiFolder folder)
      throws IOException, FormatException {
    Map<String, Map<BigInteger, X509CertificateHolder>> found = new LinkedHashMap<>();
    folder
        .issued()
        .forEach(certificate -> {
          var issuer = AuthorityKeyIdentifier.fromExtensions(certificate.getExtensions());
          if (issuer != null
              && issuer.getKeyIdentifierOctets() != null
              && certificate.getNotAfter().toInstant().isAfter(session.at())) {
            found
                .computeIfAbsent(
                    Bytes.copyOf(issuer.getKeyIdentifierOctets()).hex(), k -> new LinkedHashMap<>())
                .put(certificate.getSerialNumber(), certificate);
          }
        });
    return found;
  }

  private static String identifier(X509CertificateHolder authority) {
    var own = SubjectKeyIdentifier.fromExtensions(authority.getExtensions());
    return Bytes.copyOf(own.getKeyIdentifier()).hex();
  }

  private Published answer(Question question, Responder responder, int days) throws IOException {
    var generation = question.generation();
    var responses =
        new OcspResponses(
            generation.certificate(), responder.certificate(), responder.key(), session.at(), days);
    String prefix = "%s/%s/".formatted(FOLDER, generation.name());
    var revoked = question.revokedBySerial();
    Map<String, Bytes> files = new LinkedHashMap<>();
    int[] counts = new int[3];
    for (BigInteger serial : question.known().keySet()) {
      var entry = revoked.get(serial);
      counts[entry == null ? 0 : 1]++;
      files.put(
          file(prefix, serial), entry == null ? responses.good(serial) : responses.revoked(entry));
    }
    for (BigInteger serial : question.further()) {
      if (files.putIfAbsent(file(prefix, serial), responses.unknown(serial)) == null) {
        counts[2]++;
      }
    }
    removeOthers(prefix, files);
    files.forEach(session.transaction()::put);
    log(generation, responder, files);
    return new Published(
        generation.name(),
        prefix,
        counts[0],
        counts[1],
        counts[2],
        responder.made(),
        responses.nextUpdate());
  }

  private static String file(String prefix, BigInteger serial) {
    return "%s%s.ocsp".formatted(prefix, serial.toString(16));
  }

  /** Answers about certificates that have expired since. */
  private void removeOthers(String prefix, Map<String, Bytes> files) throws IOException {
    for (String name : session.folder().names(prefix)) {
      if (!files.containsKey(prefix + name)) {
        session.transaction().remove(prefix + name);
      }
    }
  }

  private void log(Generation generation, Responder responder, Map<String, Bytes> files) {
    var all = Bytes.concat(files.values().toArray(Bytes[]::new));
    session
        .transaction()
        .log(
            SigningLog.Event.signed(
                "ocsp",
                "%s, %d responses".formatted(generation.name(), files.size()),
                responder.certificate(),
                HashAlgorithm.SHA256.digest(all)));
  }

  /** The generation's responder; a new one where there is none, or its end is near. */
  private Responder responder(Generation generation, RevocationPlan plan)
      throws IOException, FormatException, GeneralSecurityException {
    String name = PkiIndex.responder(generation.authority());
    Instant needed = session.at().plusSeconds(86_400L * 2 * plan.responseDays());
    Optional<Responder> found = Optional.empty();
    for (PkiIndex.Superseded item : responders(name, generation.authority())) {
      var certificate = session.folder().certificates(item.certificate()).getFirst();
      if (generation.issued(certificate) && lasts(certificate, generation, needed)) {
        found.ifPresent(Responder::close);
        found =
            Optional.of(
                new Responder(
                    certificate,
                    session.folder().key(item.key(), certificate, session.passphrase()),
                    false));
      }
    }
    return found.isPresent()
        ? found.get()
        : newResponder(generation, plan.ocspKey().orElseThrow(), name);
  }

  /** Long enough, or as long as the generation itself: then another would not last longer. */
  private static boolean lasts(
      X509CertificateHolder certificate, Generation generation, Instant needed) {
    Instant end = certificate.getNotAfter().toInstant();
    return end.isAfter(needed) || end.equals(generation.certificate().getNotAfter().toInstant());
  }

  private List<PkiIndex.Superseded> responders(String name, String authority) {
    var index = session.folder().index();
    List<PkiIndex.Superseded> found = new ArrayList<>();
    index.superseded().stream().filter(s -> s.name().equals(name)).forEach(found::add);
    var current = index.responders().get(authority);
    if (current != null) {
      found.add(new PkiIndex.Superseded(name, current.certificate(), current.key()));
    }
    return found;
  }

  private Responder newResponder(Generation generation, KeyType type, String place)
      throws IOException, FormatException, GeneralSecurityException {
    String name = session.transaction().index().nextName(place);
    var key = NextKey.of(session, name, type, Optional.empty());
    var plan =
        new ProfilePlans(session.profile())
            .responder(generation.authority(), key.key().publicKey(), session.at());
    var certificate = session.issue(generation, plan);
    var item = new PkiIndex.Item(PkiFolder.certificateFile(name), key.reference());
    session
        .transaction()
        .put(item.certificate(), RoleIssue.pem(List.of(certificate)))
        .index(withResponder(generation, item));
    return new Responder(certificate, key.key(), true);
  }

  /** An old generation's responder never takes the current one's place. */
  private PkiIndex withResponder(Generation generation, PkiIndex.Item item) {
    var index = session.transaction().index();
    var current = index.authorities().get(generation.authority());
    return current != null
            && current.certificate().equals(PkiFolder.certificateFile(generation.name()))
        ? index.withResponder(generation.authority(), item)
        : index.withSuperseded(
            new PkiIndex.Superseded(
                PkiIndex.responder(generation.authority()), item.certificate(), item.key()));
  }
}
