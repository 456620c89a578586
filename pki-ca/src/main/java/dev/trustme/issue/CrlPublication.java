// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.profile.Locations;
import dev.trustme.profile.RevocationPlan;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.Extension;

/**
 * Revocation lists of a folder: {@code crls/NAME.crl} and {@code crls/NAME.delta.crl}, DER, one for
 * each generation of an authority whose certificate still lasts. List and number are one
 * transaction, so no number is ever used twice.
 */
public final class CrlPublication {
  public static final String FOLDER = "crls";

  private final PkiSession session;

  public CrlPublication(PkiSession session) {
    this.session = session;
  }

  /**
   * One list that was made.
   *
   * @param issuer the generation's name
   * @param base of a delta list: the number of the full list that it adds to
   */
  public record Published(
      String issuer,
      String file,
      long number,
      Optional<Long> base,
      int entries,
      Instant nextUpdate) {}

  /** Full lists of these authorities; all of them are in the transaction then. */
  public List<Published> full(List<String> authorities)
      throws IOException, FormatException, GeneralSecurityException {
    return publish(authorities, false);
  }

  /** Delta lists, each adding to its authority's last full list. */
  public List<Published> delta(List<String> authorities)
      throws IOException, FormatException, GeneralSecurityException {
    return publish(authorities, true);
  }

  private List<Published> publish(List<String> authorities, boolean delta)
      throws IOException, FormatException, GeneralSecurityException {
    var folder = session.folder();
    var revocations = Revocations.of(folder);
    List<Published> published = new ArrayList<>();
    for (String authority : authorities) {
      for (Generation generation : Generation.living(folder, authority, session.at())) {
        var made = make(generation, revocations, delta);
        revocations = revocations.with(generation.name(), made.state());
        published.add(put(generation, made, delta));
      }
    }
    revocations.put(session.transaction());
    return published;
  }

  private CrlMaker.Made make(Generation generation, Revocations revocations, boolean delta)
      throws IOException, FormatException, GeneralSecurityException {
    var last = Optional.ofNullable(revocations.lists().get(generation.name()));
    requireForward(generation, last);
    var plan = plan(generation.authority());
    try (var key = generation.open(session.folder(), session.passphrase())) {
      var lists = new CrlMaker(generation.certificate(), key, session.at());
      var revoked = revocations.of(generation.name());
      if (!delta) {
        return lists.full(revoked, last, plan.crlDays(), freshest(generation.authority()));
      }
      int days =
          plan.deltaDays()
              .orElseThrow(() ->
                  new GeneralSecurityException(
                      "authority '%s' has no delta lists: its plan of revocation has no delta-days"
                          .formatted(generation.authority())));
      var base =
          last.orElseThrow(() ->
              new GeneralSecurityException(
                  "'%s' has no full list yet that a delta could add to; first 'trustme pki crl %s'"
                      .formatted(generation.name(), generation.authority())));
      return lists.delta(revoked, base, days);
    }
  }

  /** A list that is dated before an older one would be taken for that. */
  private void requireForward(Generation generation, Optional<Revocations.Lists> last)
      throws GeneralSecurityException {
    if (last.isPresent() && session.at().isBefore(last.get().thisUpdate())) {
      throw new GeneralSecurityException(
          "'%s' published list %d at %s, after %s: the clock (or --at) goes backwards"
              .formatted(
                  generation.name(), last.get().number(), last.get().thisUpdate(), session.at()));
    }
  }

  private RevocationPlan plan(String authority) throws IOException, FormatException {
    var planned = session.folder().profile().authorities().get(authority);
    return planned == null ? RevocationPlan.DEFAULT : planned.revocationPlan();
  }

  /** RFC 5280, 5.2.6: where the delta lists are, if certificates tell it. */
  private Optional<Extension> freshest(String authority) throws IOException, FormatException {
    var planned = session.folder().profile().authorities().get(authority);
    return Optional.ofNullable(planned)
        .flatMap(a -> a.locations())
        .filter(l -> l.deltaCrl().isPresent())
        .map(l -> new Locations(Optional.empty(), l.deltaCrl(), Optional.empty(), Optional.empty()))
        .map(l -> ProfileExtensions.locations(l).getFirst());
  }

  private Published put(Generation generation, CrlMaker.Made made, boolean delta)
      throws IOException {
    String file = "%s/%s%s.crl".formatted(FOLDER, generation.name(), delta ? ".delta" : "");
    Bytes content = Bytes.copyOf(made.list().getEncoded());
    session
        .transaction()
        .put(file, content)
        .log(
            SigningLog.Event.signed(
                delta ? "delta-crl" : "crl",
                "%s, number %d".formatted(generation.name(), made.state().number()),
                generation.certificate(),
                HashAlgorithm.SHA256.digest(content)));
    return new Published(
        generation.name(),
        file,
        made.state().number(),
        delta ? Optional.of(made.state().base()) : Optional.empty(),
        made.entries(),
        made.state().nextUpdate());
  }
}
