// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import dev.trustme.bytes.Bytes;
import dev.trustme.tpm.CredentialBlob;
import dev.trustme.tpm.EkTemplate;
import dev.trustme.tpm.Hierarchy;
import dev.trustme.tpm.TpmtPublic;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Endorsement keys, their certificates, and credentials made for them. */
public final class EndorsementKeys {
  /** Where certificates lie; 0x01c08000 and above is the platform's. */
  private static final long FIRST_INDEX = 0x01c00002L;

  private static final long CHAIN_FIRST = 0x01c00100L;
  private static final long CHAIN_LAST = 0x01c001ffL;
  private static final int DER_SEQUENCE = 0x30;

  private final TssContext tss;

  EndorsementKeys(TssContext tss) {
    this.tss = tss;
  }

  /** A certificate in NV, without what the maker padded it with. */
  public record NvCertificate(long nvIndex, Bytes der) {}

  /** The key of this template; its uses satisfy its policy, which asks the endorsement secret. */
  public TpmObject create(EkTemplate template) throws IOException {
    var key = tss.keys().primary(Hierarchy.TPM_RH_ENDORSEMENT, makersTemplate(template));
    try {
      key.authorizeBy(template.authPolicy(), PolicyAnswers.NONE);
      return key;
    } catch (IOException e) {
      try (key) {
        throw e;
      }
    }
  }

  /** A persistent endorsement key, such as the one that firmware left at 0x81010001. */
  public TpmObject persistent(long handle, EkTemplate template) throws IOException {
    var key = tss.keys().persistent(handle);
    key.authorizeBy(template.authPolicy(), PolicyAnswers.NONE);
    return key;
  }

  /** The template with the maker's nonce; a template of the maker's own must be the profile's. */
  private TpmtPublic makersTemplate(EkTemplate template) throws IOException {
    if (!template.lowRange()) {
      return template.template();
    }
    var own = ifPresent(template.templateIndex());
    if (own.isPresent() && !own.get().equals(template.template().encode())) {
      throw new IOException(
          "the TPM's maker wants another template for %s, at NV index 0x%08x"
              .formatted(template.label(), template.templateIndex()));
    }
    return template.template(ifPresent(template.nonceIndex()).orElse(Bytes.empty()));
  }

  private Optional<Bytes> ifPresent(long index) throws IOException {
    if (!tss.capabilities().handles(Capabilities.HandleType.NV_INDEX).contains(index)) {
      return Optional.empty();
    }
    try (var nv = tss.nv().index(index)) {
      return Optional.of(nv.read());
    }
  }

  /** The certificates of endorsement keys. EK Credential Profile 2.4, 2.2.1.4 and 2.2.1.5. */
  public List<NvCertificate> certificates() throws IOException {
    List<Long> wanted =
        Arrays.stream(EkTemplate.values()).map(EkTemplate::certificateIndex).toList();
    return read(
        tss.capabilities().handles(Capabilities.HandleType.NV_INDEX).stream()
            .filter(index -> index >= FIRST_INDEX && wanted.contains(index))
            .toList());
  }

  /** The certificates of authorities that the maker put beside, in the order of their indices. */
  public List<NvCertificate> chain() throws IOException {
    return read(
        tss.capabilities().handles(Capabilities.HandleType.NV_INDEX).stream()
            .filter(index -> index >= CHAIN_FIRST && index <= CHAIN_LAST)
            .toList());
  }

  private List<NvCertificate> read(List<Long> indices) throws IOException {
    List<NvCertificate> certificates = new ArrayList<>();
    for (long index : indices) {
      try (var nv = tss.nv().index(index)) {
        for (Bytes der : split(nv.read())) {
          certificates.add(new NvCertificate(index, der));
        }
      }
    }
    return certificates;
  }

  /** DER values one after the other; what follows the last is padding. */
  static List<Bytes> split(Bytes content) {
    List<Bytes> values = new ArrayList<>();
    int at = 0;
    while (at < content.size()) {
      int end = endOfSequence(content, at);
      if (end < 0) {
        break;
      }
      values.add(content.slice(at, end));
      at = end;
    }
    return values;
  }

  /** Where the SEQUENCE ends, with a length of one or two bytes; -1 if there is none. */
  private static int endOfSequence(Bytes content, int at) {
    if (content.size() - at < 4 || content.at(at) != DER_SEQUENCE) {
      return -1;
    }
    int first = content.at(at + 1);
    int size =
        switch (first) {
          case 0x81 -> 3 + content.at(at + 2);
          case 0x82 -> 4 + (content.at(at + 2) << 8 | content.at(at + 3));
          default -> first < 0x80 ? 2 + first : -1;
        };
    return size < 0 || size > content.size() - at ? -1 : at + size;
  }

  /**
   * TPM2_ActivateCredential: opens what was wrapped for this endorsement key and the name of this
   * attestation key. The secret comes back encrypted; the caller zeroes it.
   */
  public byte[] activate(TpmObject attestationKey, TpmObject endorsementKey, CredentialBlob blob)
      throws IOException {
    int protector = Authorization.protector(tss, Protection.OUTPUT);
    try (var use = Authorization.of(endorsementKey, Protection.NONE);
        var call = tss.call("TPM2_ActivateCredential")) {
      var credential = call.in2b(TssType.TPM2B_ID_OBJECT, blob.idObject());
      var seed = call.in2b(TssType.TPM2B_ENCRYPTED_SECRET, blob.encryptedSecret());
      var secret = call.out();
      boolean byHmac = attestationKey.secretSet();
      call.run((esys, context) ->
          esys.Esys_ActivateCredential(
              context,
              attestationKey.handle(),
              endorsementKey.handle(),
              byHmac ? protector : Esys.ESYS_TR_PASSWORD,
              use.proof(),
              byHmac ? Esys.ESYS_TR_NONE : protector,
              credential,
              seed,
              secret));
      return call.secret(TssType.TPM2B_DIGEST, secret);
    } catch (TssException e) {
      throw foreign(e);
    }
  }

  /**
   * libtpms says TPM_RC_FAILURE where an RSA key cannot open the seed, without being in failure
   * mode: a TPM that gives random bytes is not.
   */
  private IOException foreign(TssException e) {
    if (!e.is(TpmRc.TPM_RC_FAILURE)) {
      return e;
    }
    try {
      var unused = tss.random(1);
      return new TpmRefusedException("the credential is for another endorsement key", e);
    } catch (IOException failureMode) {
      return e;
    }
  }
}
