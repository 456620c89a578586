// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * A kernel module and the signature appended to it. Linux, include/linux/module_signature.h; the
 * length is big-endian:
 *
 * <pre>
 * module, PKCS#7 DER, struct module_signature { u8 algo, hash, id_type = 2, signer_len, key_id_len,
 *   pad[3]; __be32 sig_len; }, "~Module signature appended~\n"
 * </pre>
 *
 * All fields but id_type and sig_len are zero. The signature covers the module alone.
 */
public record ModuleSignature(Bytes module, Optional<Bytes> pkcs7) {
  private static final Bytes MARKER = Bytes.utf8("~Module signature appended~\n");
  private static final String STRUCTURE = "module_signature";
  private static final int HEADER_SIZE = 12;
  private static final int PKEY_ID_PKCS7 = 2;

  /** An uncompressed module, signed or not. */
  public static ModuleSignature parse(Bytes file) throws FormatException {
    int end = file.size() - MARKER.size();
    if (end < 0 || !file.slice(end, file.size()).equals(MARKER)) {
      ElfObject.requireModule(file);
      return new ModuleSignature(file, Optional.empty());
    }
    int header = end - HEADER_SIZE;
    int signature = header - signatureLength(file, header);
    var module = file.slice(0, signature);
    ElfObject.requireModule(module);
    if (module.size() >= MARKER.size()
        && module.slice(signature - MARKER.size(), signature).equals(MARKER)) {
      throw new FormatException(STRUCTURE, signature, "the module was signed twice");
    }
    return new ModuleSignature(module, Optional.of(file.slice(signature, header)));
  }

  private static int signatureLength(Bytes file, int header) throws FormatException {
    if (header < 0) {
      throw new FormatException(STRUCTURE, 0, "the file is too short for a signature");
    }
    var reader = BinaryReader.bigEndian(file, STRUCTURE).at(STRUCTURE, header);
    var fields = reader.bytes(8);
    if (fields.at(2) != PKEY_ID_PKCS7) {
      throw new FormatException(
          STRUCTURE,
          header + 2,
          "id_type %d, expected 2 (PKCS#7), which is all the kernel takes".formatted(fields.at(2)));
    }
    if (!fields.slice(0, 2).isAllZero() || !fields.slice(3, 8).isAllZero()) {
      throw new FormatException(
          STRUCTURE, header, "algo, hash, signer_len, key_id_len and pad are not all zero");
    }
    long length = reader.u32();
    if (length == 0 || length > header) {
      throw new FormatException(
          STRUCTURE, header + 8, "sig_len %d in a file of %d bytes".formatted(length, file.size()));
    }
    return Math.toIntExact(length);
  }

  /** The same module with this signature in the place of its own. */
  public ModuleSignature signedBy(Bytes signature) {
    return new ModuleSignature(module, Optional.of(signature));
  }

  /** The file: the module, and where there is a signature, that with its trailer. */
  public Bytes encode() {
    if (pkcs7.isEmpty()) {
      return module;
    }
    var trailer =
        BinaryWriter.bigEndian()
            .u8(0)
            .u8(0)
            .u8(PKEY_ID_PKCS7)
            .zeros(5)
            .u32(pkcs7.get().size())
            .bytes(MARKER)
            .toBytes();
    return Bytes.concat(module, pkcs7.get(), trailer);
  }

  /** The kernel's decision with these certificates on its keyrings. */
  public Verdict<X509CertificateHolder> verify(List<X509CertificateHolder> trusted)
      throws FormatException {
    return verify(KernelKeyring.of(trusted));
  }

  /**
   * The kernel's decision with these keyrings, where it demands signatures; a blacklisted file is
   * IMA's decision (appraise_flag=check_blacklist).
   */
  public Verdict<X509CertificateHolder> verify(KernelKeyring keyring) throws FormatException {
    if (pkcs7.isEmpty()) {
      return new Verdict.Rejected<>(
          List.of(
              Check.fail("module-unsigned", "an appended signature", "none")
                  .advise("sign it with 'trustme sign modules'")));
    }
    var verdict = DetachedSignature.verify(pkcs7.get(), module, keyring);
    List<Check> checks = new ArrayList<>(verdict.checks());
    checks.add(
        keyring.listsFile(module) || keyring.listsFile(encode())
            ? Check.fail("blacklist-file", "a module that is not blacklisted", "its hash is listed")
            : Check.pass("blacklist-file", "not listed"));
    return switch (verdict) {
      case Verdict.Accepted<X509CertificateHolder> accepted -> Verdict.of(checks, accepted::value);
      case Verdict.Rejected<X509CertificateHolder> rejected -> new Verdict.Rejected<>(checks);
    };
  }

  /** Whether the signature names this certificate; nothing is verified. */
  public boolean names(X509CertificateHolder certificate) throws FormatException {
    return pkcs7.isPresent() && DetachedSignature.names(pkcs7.get(), certificate);
  }
}
