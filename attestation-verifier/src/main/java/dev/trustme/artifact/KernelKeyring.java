// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * What a kernel trusts when it verifies a signature: the certificates of its keyrings
 * (.builtin_trusted_keys, .secondary_trusted_keys, .machine, .platform), and its keyring
 * .blacklist.
 *
 * @param trusted whose signatures it takes
 * @param revoked certificates on .blacklist, for example those of dbx
 * @param blacklist hashes on .blacklist
 */
public record KernelKeyring(
    List<X509CertificateHolder> trusted,
    List<X509CertificateHolder> revoked,
    List<BlacklistedHash> blacklist) {
  public KernelKeyring {
    trusted = List.copyOf(trusted);
    revoked = List.copyOf(revoked);
    blacklist = List.copyOf(blacklist);
  }

  /** Nothing is blacklisted. */
  public static KernelKeyring of(List<X509CertificateHolder> trusted) {
    return new KernelKeyring(trusted, List.of(), List.of());
  }

  /**
   * A blacklisted hash as keys of that keyring are described: {@code tbs:} a certificate's
   * TBSCertificate, {@code bin:} a file; then the hash in lower-case hex. Linux, certs/blacklist.c.
   */
  public record BlacklistedHash(boolean certificate, Bytes hash) {
    private static final String STRUCTURE = "blacklisted hash";
    private static final String TBS = "tbs:";
    private static final String BIN = "bin:";

    /** One line: {@code tbs:…} or {@code bin:…}. */
    public static BlacklistedHash parse(String line) throws FormatException {
      if (!line.startsWith(TBS) && !line.startsWith(BIN)) {
        throw new FormatException(STRUCTURE, 0, "expected 'tbs:' or 'bin:' and a hash in hex");
      }
      String hex = line.substring(TBS.length());
      boolean sized = hex.length() == 64 || hex.length() == 96 || hex.length() == 128;
      if (!sized || !hex.chars().allMatch(c -> "0123456789abcdef".indexOf(c) >= 0)) {
        throw new FormatException(
            STRUCTURE, TBS.length(), "expected 32, 48 or 64 bytes in lower-case hex");
      }
      return new BlacklistedHash(line.startsWith(TBS), Bytes.fromHex(hex));
    }

    /** A file with one hash a line; empty lines and lines that begin with # say nothing. */
    public static List<BlacklistedHash> parseAll(Bytes file) throws FormatException {
      List<BlacklistedHash> hashes = new ArrayList<>();
      for (String line : file.utf8().split("\n", -1)) {
        if (!line.isBlank() && !line.startsWith("#")) {
          hashes.add(parse(line.strip()));
        }
      }
      return hashes;
    }
  }

  /** Whether the kernel refuses to load or use this certificate, by its hash. */
  boolean lists(X509CertificateHolder certificate) {
    return lists(true, Pkcs7Signature.encoded(certificate.toASN1Structure().getTBSCertificate()));
  }

  /** Whether the file's hash is listed. */
  boolean listsFile(Bytes content) {
    return lists(false, content);
  }

  private boolean lists(boolean certificate, Bytes content) {
    return blacklist.stream()
        .filter(listed -> listed.certificate() == certificate)
        .anyMatch(listed -> listed.hash().equals(hash(listed.hash().size(), content)));
  }

  private static Bytes hash(int size, Bytes content) {
    var algorithm =
        switch (size) {
          case 48 -> HashAlgorithm.SHA384;
          case 64 -> HashAlgorithm.SHA512;
          default -> HashAlgorithm.SHA256;
        };
    return algorithm.digest(content).value();
  }
}
