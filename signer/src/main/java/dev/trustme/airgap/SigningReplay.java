// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.airgap;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.key.DeferredKey;
import dev.trustme.key.SigningKey;
import dev.trustme.key.ToBeSigned;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;

/**
 * Signatures that came back, each verified with its certificate; found by what is signed, so that
 * schemes with random parts work too. Whatever a command asks for and was not answered spoils the
 * run.
 */
public final class SigningReplay implements Session {
  /** What a signature is over, and by whom. */
  private record Place(Digest certificate, SignatureAlgorithm by, Bytes input) {}

  private final SigningRequest request;
  private final Map<Place, Bytes> signatures = new HashMap<>();
  private final Set<Place> asked = new HashSet<>();
  private final Set<Place> used = new HashSet<>();
  private volatile @Nullable String problem;

  private SigningReplay(SigningRequest request) {
    this.request = request;
    request.items().forEach(item -> asked.add(place(item)));
  }

  private Place place(RequestItem item) {
    return new Place(request.signers().get(item.signer()).fingerprint(), item.by(), item.input());
  }

  /** The answers to this request, or why one of them is none. */
  public static Verdict<SigningReplay> of(
      SigningRequest request, Digest requestDigest, List<SigningAnswer> answers)
      throws FormatException {
    var replay = new SigningReplay(request);
    List<Check> checks = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      String where = "answer %d of %d".formatted(i + 1, answers.size());
      for (Check check : replay.take(answers.get(i), requestDigest)) {
        checks.add(check.at(check.where().isEmpty() ? where : where + ", " + check.where()));
      }
    }
    return Verdict.of(checks, () -> replay);
  }

  private List<Check> take(SigningAnswer answer, Digest requestDigest) throws FormatException {
    if (!answer.request().equals(requestDigest)) {
      return List.of(
          Check.fail("answer-request", requestDigest.toString(), answer.request().toString())
              .advise("this answers another request, or the request was changed"));
    }
    List<Check> checks = new ArrayList<>();
    checks.add(Check.pass("answer-request", requestDigest.toString()));
    for (var signed : answer.signatures()) {
      checks.add(take(signed, answer.certificates()));
    }
    return checks;
  }

  private Check take(SigningAnswer.Signed signed, List<Digest> certificates)
      throws FormatException {
    if (signed.item() >= request.items().size()) {
      return Check.fail(
          "answer-item", "at most " + (request.items().size() - 1), String.valueOf(signed.item()));
    }
    var item = request.items().get(signed.item());
    var signer = request.signers().get(item.signer());
    if (!certificates.contains(signer.fingerprint())) {
      return Check.fail(
              "answer-certificate", signer.fingerprint().toString(), certificates.toString())
          .at(item.name());
    }
    var key = signer.untrustedChain().getFirst().getSubjectPublicKeyInfo();
    if (!SigningKey.verifies(key, item.by(), item.input(), signed.signature())) {
      return Check.fail("answer-signature", "a signature by the certificate's key", seen(signed))
          .at(item.name());
    }
    signatures.put(place(item), signed.signature());
    return Check.pass("answer-signature", item.name());
  }

  /** What a signature is that is none for its item: the answers may have been mixed up. */
  private String seen(SigningAnswer.Signed signed) throws FormatException {
    for (var item : request.items()) {
      var key = request.signers().get(item.signer()).untrustedChain().getFirst();
      if (SigningKey.verifies(
          key.getSubjectPublicKeyInfo(), item.by(), item.input(), signed.signature())) {
        return "the one for " + item.name();
      }
    }
    return "another";
  }

  /** A signature that is not there is an UncheckedIOException, as of a token that is gone. */
  @Override
  public DeferredKey.Desk desk(List<X509CertificateHolder> chain) {
    var certificate = Certificates.fingerprint(chain.getFirst());
    return item -> signature(new Place(certificate, item.by(), item.input()), item);
  }

  private synchronized Bytes signature(Place place, ToBeSigned item) {
    var found = signatures.get(place);
    if (found == null) {
      String words = words(place, item);
      problem = problem == null ? words : problem;
      throw new UncheckedIOException(new IOException(words));
    }
    used.add(place);
    return found;
  }

  private String words(Place place, ToBeSigned item) {
    String name = item.subject().map(s -> s.name()).orElse(item.kind().label());
    if (asked.contains(place)) {
      return name + ": its signature is not among the answers; its key has yet to sign the request";
    }
    boolean listed =
        request.signers().stream().anyMatch(s -> s.fingerprint().equals(place.certificate()));
    return listed
        ? name
            + ": what is to be signed is not what the request asked for: the file, an option or the"
            + " program changed since; make a new request"
        : name + ": the request was made for another certificate; make a new request";
  }

  @Override
  public boolean rehearsing() {
    return false;
  }

  @Override
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /** What the request asked for and the command did not want any more. */
  public synchronized List<String> unused() {
    return request.items().stream()
        .filter(item -> !used.contains(place(item)))
        .map(RequestItem::name)
        .distinct()
        .toList();
  }

  /** How many signatures the command took. */
  public synchronized int used() {
    return used.size();
  }
}
