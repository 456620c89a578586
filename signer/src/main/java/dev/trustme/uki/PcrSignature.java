// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uki;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.json.Json;
import dev.trustme.predict.BootPhase;
import dev.trustme.predict.PcrSignatureInput;
import dev.trustme.predict.Prediction;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.SignatureAlgorithm.RsaPkcs1;
import dev.trustme.trust.SignatureScheme;
import dev.trustme.uefi.PeImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * The section {@code .pcrsig}: signed policies over PCR 11 that a secret may be bound to, so that
 * any image of the signer opens it. JSON as systemd-measure(1) writes it: by bank a list of {@code
 * pcrs}, {@code pkfp} (SHA-256 of the key's own DER, PKCS#1), {@code pol} (the digest of
 * TPM2_PolicyPCR, hex), {@code sig} (RSASSA-PKCS1-v1_5 with SHA-256 over the digest, base64).
 */
public record PcrSignature(Map<String, List<Entry>> banks) {
  private static final String STRUCTURE = "section .pcrsig";
  private static final int MAX_ENTRIES = 1024;

  /** One signed policy. */
  public record Entry(List<Integer> pcrs, String pkfp, String pol, String sig) {
    public Entry {
      pcrs = List.copyOf(pcrs);
    }

    private void requireBy(SubjectPublicKeyInfo key) throws FormatException {
      var rsa = new RsaPkcs1(HashAlgorithm.SHA256).identifier();
      if (!pkfp.equals(fingerprint(key))
          || !SignatureScheme.verify(key, rsa, Bytes.fromHex(pol), base64(sig))) {
        throw malformed("policy %s is not signed by the key in .pcrpkey".formatted(pol));
      }
    }
  }

  public PcrSignature {
    Map<String, List<Entry>> copy = new LinkedHashMap<>();
    banks.forEach((bank, entries) -> copy.put(bank, List.copyOf(entries)));
    banks = java.util.Collections.unmodifiableMap(copy);
  }

  /** Whether systemd's tools verify signatures by such a key: RSA alone. */
  public static boolean takes(SubjectPublicKeyInfo key) {
    return key.getAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.rsaEncryption);
  }

  /**
   * The policies of an image, in the order of banks and phases; the image needs no signature, but
   * every other section.
   */
  public static PcrSignatureInput policies(
      PeImage uki, List<BootPhase> phases, Collection<HashAlgorithm> banks) throws FormatException {
    return PcrSignatureInput.of(Prediction.ofImage(uki, phases, banks));
  }

  /** Signs each policy. */
  public static PcrSignature sign(PcrSignatureInput input, RoleKey key) {
    if (!takes(key.key().publicKey())) {
      throw new IllegalArgumentException("systemd verifies RSA signatures only");
    }
    var fingerprint = fingerprint(key.key().publicKey());
    Map<String, List<Entry>> banks = new LinkedHashMap<>();
    for (var policy : input.policies()) {
      var signature = key.key().sign(Bytes.fromHex(policy.pol())).base64();
      banks
          .computeIfAbsent(policy.bank(), bank -> new ArrayList<>())
          .add(new Entry(policy.pcrs(), fingerprint, policy.pol(), signature));
    }
    return new PcrSignature(banks);
  }

  private static String fingerprint(SubjectPublicKeyInfo key) {
    try {
      var own = Bytes.copyOf(key.parsePublicKey().getEncoded("DER"));
      return HashAlgorithm.SHA256.digest(own).hex();
    } catch (IOException e) {
      throw new IllegalStateException("a parsed key encodes", e);
    }
  }

  public Bytes encode() {
    return Json.write(banks);
  }

  public static PcrSignature parse(Bytes json) throws FormatException {
    var tree = Json.tree(json, STRUCTURE);
    Map<String, List<Entry>> banks = new LinkedHashMap<>();
    int count = 0;
    for (var bank : tree.properties()) {
      if (HashAlgorithm.byLabel(bank.getKey()).isEmpty() || !bank.getValue().isArray()) {
        throw malformed("expected a list by the name of a PCR bank");
      }
      List<Entry> entries = new ArrayList<>();
      for (var entry : bank.getValue()) {
        if (++count > MAX_ENTRIES) {
          throw malformed("more than %d policies".formatted(MAX_ENTRIES));
        }
        entries.add(entry(entry));
      }
      banks.put(bank.getKey(), entries);
    }
    if (count == 0) {
      throw malformed("holds no policy");
    }
    return new PcrSignature(banks);
  }

  private static Entry entry(JsonNode node) throws FormatException {
    List<Integer> pcrs = new ArrayList<>();
    node.path("pcrs").forEach(pcr -> pcrs.add(pcr.asInt(-1)));
    var entry =
        new Entry(
            pcrs, node.path("pkfp").asText(), node.path("pol").asText(), node.path("sig").asText());
    if (!pcrs.equals(List.of(11))
        || !entry.pkfp.matches("[0-9a-f]{64}")
        || !entry.pol.matches("[0-9a-f]{64}")
        || !entry.sig.matches("[A-Za-z0-9+/]{4,4096}={0,2}")) {
      throw malformed("expected pcrs [11], pkfp and pol in hex, sig in base64");
    }
    return entry;
  }

  private static FormatException malformed(String problem) {
    return new FormatException(STRUCTURE, 0, problem);
  }

  /**
   * Refuses it for an image that it was not made for, or another key than that of {@code .pcrpkey}:
   * every policy must be signed by the key, and follow from the image at one of the phases.
   */
  public void requireFits(PeImage uki, SubjectPublicKeyInfo key, List<BootPhase> phases)
      throws FormatException {
    Set<HashAlgorithm> used = new LinkedHashSet<>();
    banks.keySet().forEach(bank -> used.add(HashAlgorithm.byLabel(bank).orElseThrow()));
    var policies = policies(uki, phases, used).policies();
    for (var bank : banks.entrySet()) {
      for (var entry : bank.getValue()) {
        boolean known =
            policies.stream()
                .anyMatch(p -> p.bank().equals(bank.getKey()) && p.pol().equals(entry.pol));
        if (!known) {
          throw malformed(
              "policy %s of bank %s is not of this image at any of the phases %s"
                  .formatted(entry.pol, bank.getKey(), phases));
        }
        entry.requireBy(key);
      }
    }
  }

  private static Bytes base64(String text) throws FormatException {
    try {
      return Bytes.fromBase64(text);
    } catch (IllegalArgumentException e) {
      throw malformed("a signature that is not base64");
    }
  }
}
