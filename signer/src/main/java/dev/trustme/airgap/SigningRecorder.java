// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.airgap;

import dev.trustme.key.DeferredKey;
import dev.trustme.key.Placeholder;
import dev.trustme.key.ToBeSigned;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.cert.X509CertificateHolder;

/** Writes down what a command wants signed, and gives it placeholders. */
public final class SigningRecorder implements Session {
  private static final Comparator<RequestItem> ORDER =
      Comparator.comparingInt(RequestItem::signer)
          .thenComparing(RequestItem::kind)
          .thenComparing(RequestItem::name)
          .thenComparing(item -> item.artifact().toString())
          .thenComparing(RequestItem::algorithm)
          .thenComparing(item -> item.input().hex());

  private final List<List<X509CertificateHolder>> signers = new ArrayList<>();
  private final Set<RequestItem> items = new LinkedHashSet<>();

  @Override
  public synchronized DeferredKey.Desk desk(List<X509CertificateHolder> chain) {
    int known = signers.indexOf(chain);
    int signer = known < 0 ? signers.size() : known;
    if (known < 0) {
      signers.add(chain);
    }
    var key = chain.getFirst().getSubjectPublicKeyInfo();
    return item -> {
      add(signer, item);
      return Placeholder.of(key, item.by());
    };
  }

  private synchronized void add(int signer, ToBeSigned item) {
    items.add(RequestItem.of(signer, item));
  }

  @Override
  public boolean rehearsing() {
    return true;
  }

  @Override
  public Optional<String> problem() {
    return Optional.empty();
  }

  /** What was asked for, in an order that does not depend on the threads that asked. */
  public synchronized List<RequestItem> items() {
    return items.stream().sorted(ORDER).toList();
  }

  /** Everything, as a request; a command that signed nothing is an IllegalArgumentException. */
  public synchronized SigningRequest request(
      List<String> command, Instant created, Instant contentTime) {
    return new SigningRequest(
        SigningRequest.SCHEMA,
        created,
        contentTime,
        command,
        signers.stream().map(SigningRequest.Signer::of).toList(),
        items());
  }
}
