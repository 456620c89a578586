// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import dev.trustme.bytes.Bytes;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Looks at one decoded entry after the other, from the first on, and collects what is odd: all of
 * it as counts, the first of each kind in detail. It judges nothing.
 */
public final class ImaInspection {
  /** Findings kept of each kind. */
  public static final int MAX_FINDINGS = 100;

  private static final int DELETE = 0x7f;

  private final Map<ImaFinding.Kind, List<ImaFinding>> findings =
      new EnumMap<>(ImaFinding.Kind.class);
  private final Map<ImaFinding.Kind, Long> counts = new EnumMap<>(ImaFinding.Kind.class);

  /** Entries are given in their order, the log's first one first. */
  public void add(ImaEntry entry) {
    if (entry.violation()) {
      found(ImaFinding.Kind.VIOLATION, entry, "extended all ones");
    } else if (!entry.templateHashMatches()) {
      found(ImaFinding.Kind.TEMPLATE_HASH, entry, "logged " + entry.templateHash());
    }
    bootAggregate(entry);
    for (int i = 0; i < entry.values().size(); i++) {
      value(entry, entry.template().fields().get(i), entry.values().get(i));
    }
  }

  private void bootAggregate(ImaEntry entry) {
    if (entry.number() == 0 && !entry.isBootAggregate()) {
      found(ImaFinding.Kind.BOOT_AGGREGATE_NOT_FIRST, entry, "the log begins otherwise");
    }
    if (entry.number() > 0 && entry.isBootAggregate()) {
      found(ImaFinding.Kind.BOOT_AGGREGATE_AGAIN, entry, "a kexec, or a file's name");
    }
  }

  private void value(ImaEntry entry, ImaField field, ImaValue value) {
    switch (value) {
      case ImaValue.Signature signature -> signature(entry, signature.signature());
      case ImaValue.Name name -> name(entry, name.bytes());
      case ImaValue.Unparsed unparsed -> {
        boolean signature = field.kind() == ImaField.Kind.SIGNATURE;
        var kind = signature ? ImaFinding.Kind.SIGNATURE_FORM : ImaFinding.Kind.FIELD_FORM;
        found(kind, entry, unparsed.reason());
      }
      case ImaValue.DigestValue d -> {}
      case ImaValue.Modsig m -> {}
      case ImaValue.Buffer b -> {}
      case ImaValue.NumberValue n -> {}
      case ImaValue.XattrNames x -> {}
      case ImaValue.XattrLengths x -> {}
      case ImaValue.XattrValues x -> {}
      case ImaValue.Absent a -> {}
    }
  }

  /** A signature over the file's hash is over the hash that was measured. */
  private void signature(ImaEntry entry, ImaSignature signature) {
    if (signature.type() == ImaSignature.Type.EVM_XATTR_PORTABLE_DIGSIG || entry.violation()) {
      return;
    }
    entry
        .digest()
        .filter(digest -> digest.algorithm() != signature.hashAlgo())
        .ifPresent(digest ->
            found(
                ImaFinding.Kind.SIGNATURE_HASH,
                entry,
                "a %s signature beside a %s digest"
                    .formatted(signature.hashAlgo().label(), digest.algorithm().label())));
  }

  private void name(ImaEntry entry, Bytes name) {
    int component = 0;
    boolean dots = false;
    boolean control = false;
    for (int i = 0; i <= name.size(); i++) {
      int c = i == name.size() ? '/' : name.at(i);
      if (c == '/') {
        String part = name.slice(component, i).utf8();
        dots |= part.equals(".") || part.equals("..");
        component = i + 1;
      }
      control |= c < ' ' || c == DELETE;
    }
    if (dots) {
      found(ImaFinding.Kind.NAME_DOTS, entry, "a component of dots");
    }
    if (control) {
      found(ImaFinding.Kind.NAME_CONTROL, entry, "control characters");
    }
  }

  private void found(ImaFinding.Kind kind, ImaEntry entry, String detail) {
    counts.merge(kind, 1L, Long::sum);
    List<ImaFinding> kept = findings.computeIfAbsent(kind, k -> new ArrayList<>());
    if (kept.size() < MAX_FINDINGS) {
      kept.add(new ImaFinding(kind, entry.number(), entry.offset(), detail));
    }
  }

  /** How many of this kind were found. */
  public long count(ImaFinding.Kind kind) {
    return counts.getOrDefault(kind, 0L);
  }

  /** The first ones of this kind. */
  public List<ImaFinding> findings(ImaFinding.Kind kind) {
    return List.copyOf(findings.getOrDefault(kind, List.of()));
  }

  /** The kinds that were found, in their order. */
  public List<ImaFinding.Kind> kinds() {
    return List.copyOf(counts.keySet());
  }
}
