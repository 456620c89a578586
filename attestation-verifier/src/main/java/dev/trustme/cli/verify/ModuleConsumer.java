// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.artifact.KernelKeyring;
import dev.trustme.artifact.KernelKeyring.BlacklistedHash;
import dev.trustme.artifact.ModuleCompression;
import dev.trustme.artifact.ModuleSignature;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;
import picocli.CommandLine.Option;

/** The kernel that loads a module, with these certificates on its keyring. */
final class ModuleConsumer implements Consumer {
  @Option(
      names = "--revoked",
      paramLabel = "FILE",
      description = "A certificate (PEM or DER) on the kernel's keyring .blacklist.")
  private List<Path> revoked = new ArrayList<>();

  @Option(
      names = "--blacklist",
      paramLabel = "FILE",
      description = "Hashes on that keyring, tbs:HEX (certificates) or bin:HEX (files) a line.")
  private List<Path> blacklist = new ArrayList<>();

  @Override
  public String takes() {
    return "would be loaded by this kernel";
  }

  @Override
  public String refuses() {
    return "would not be loaded by this kernel";
  }

  @Override
  public Judge judge(ArtifactTrust trust) throws IOException, FormatException {
    List<X509CertificateHolder> listed = new ArrayList<>();
    for (Path file : revoked) {
      listed.addAll(Inputs.parse(file, Certificates::parse));
    }
    List<BlacklistedHash> hashes = new ArrayList<>();
    for (Path file : blacklist) {
      hashes.addAll(Inputs.parse(file, BlacklistedHash::parseAll));
    }
    var keyring = new KernelKeyring(trust.certificates("module"), listed, hashes);
    return file -> judge(file, keyring);
  }

  /** By its name as kmod does, and uncompressed where the name says nothing. */
  private static Verdict<?> judge(Path file, KernelKeyring keyring)
      throws IOException, FormatException {
    var form = ModuleCompression.of(file.toString()).orElse(ModuleCompression.NONE);
    return Inputs.parse(
        file,
        ModuleCompression.MAX_MODULE,
        content -> ModuleSignature.parse(form.decompress(content)).verify(keyring));
  }
}
