// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * A built-in signature of fs-verity: PKCS#7 over {@link FsVerityDescriptor#formattedDigest}, the
 * signer on the kernel's keyring {@code .fs-verity}. Linux, Documentation/filesystems/fsverity.rst,
 * "Built-in signature verification".
 */
public final class FsVeritySignature {
  private FsVeritySignature() {}

  /** The kernel's decision; the value is the signer. */
  public static Verdict<X509CertificateHolder> verify(
      Bytes pkcs7, FsVerityDescriptor file, List<X509CertificateHolder> keyring)
      throws FormatException {
    var verdict = DetachedSignature.verify(pkcs7, file.formattedDigest(), keyring);
    if (verdict.accepted()) {
      return verdict;
    }
    for (var mistake : mistakes(file).entrySet()) {
      if (DetachedSignature.verify(pkcs7, mistake.getValue(), keyring).accepted()) {
        List<Check> checks = new ArrayList<>();
        checks.add(Check.fail("fs-verity-signed", "the formatted digest", mistake.getKey()));
        checks.addAll(verdict.checks());
        return new Verdict.Rejected<>(checks);
      }
    }
    return verdict;
  }

  /** What is signed instead now and then. */
  private static Map<String, Bytes> mistakes(FsVerityDescriptor file) {
    Map<String, Bytes> mistakes = new LinkedHashMap<>();
    mistakes.put("the digest alone", file.digest().value());
    mistakes.put("the digest's text", Bytes.utf8(file.digest().toString()));
    mistakes.put("the descriptor", file.encode());
    mistakes.put("the root hash", file.rootHash());
    return mistakes;
  }
}
