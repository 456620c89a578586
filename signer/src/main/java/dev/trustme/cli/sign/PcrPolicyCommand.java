// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Outputs;
import dev.trustme.key.Subject;
import dev.trustme.predict.BootPhase;
import dev.trustme.predict.PcrSignatureInput;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.uefi.PeImage;
import dev.trustme.uki.PcrSignature;
import dev.trustme.uki.UkiContents;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sign pcr-policy}: what PCR 11 will be, signed, before the image itself is. */
@Command(
    name = "pcr-policy",
    description = {
      "Sign policies over PCR 11 for a unified kernel image that 'sign uki' will make of these parts.",
      "",
      "A secret that is bound to the policy key opens on every image whose policies that key signed."
          + " The key of the role pcr-policy signs; its public half becomes the section .pcrpkey."
          + " The file is what systemd's tools read as tpm2-pcr-signature.json."
    },
    footer = {
      "",
      "Example:",
      "  trustme sign pcr-policy --pki pki --stub linuxx64.efi.stub --kernel vmlinuz \\",
      "      --initrd initrd.img --cmdline @cmdline --os-release os-release -o pcrsig.json"
    },
    mixinStandardHelpOptions = true)
final class PcrPolicyCommand implements Callable<ExitCode> {
  private static final List<String> SYSTEMD_PHASES =
      List.of(
          "enter-initrd",
          "enter-initrd:leave-initrd",
          "enter-initrd:leave-initrd:sysinit",
          "enter-initrd:leave-initrd:sysinit:ready");

  @Mixin private Output output = new Output();
  @Mixin private PkiKey pki = new PkiKey();
  @Mixin private Target target = new Target();
  @Mixin private UkiParts parts = new UkiParts();

  @Option(
      names = "--phase",
      paramLabel = "PATH",
      description = "A phase of the boot; may be given several times. Default: systemd's four.")
  private List<String> phases = new ArrayList<>();

  @Option(
      names = "--bank",
      paramLabel = "HASH",
      description = "A PCR bank; may be given several times. Default: sha256.")
  private List<String> banks = new ArrayList<>();

  /** What {@code --json} prints. */
  record Report(
      String schema,
      String file,
      Digest sha256,
      Digest signer,
      List<PcrSignatureInput.Policy> policies) {
    String text() {
      var text = new StringBuilder("%s  %d policies over PCR 11".formatted(file, policies.size()));
      policies.forEach(
          p -> text.append("\n  %-8s %-42s %s".formatted(p.bank(), p.phase(), p.value().hex())));
      return text.append("\n  next: trustme sign uki … --pcrpkey … --pcrsig ").append(file) + "";
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    target.requireFree();
    var wanted = phases(phases);
    List<HashAlgorithm> algorithms = new ArrayList<>();
    for (String bank : banks.isEmpty() ? List.of("sha256") : banks) {
      algorithms.add(
          HashAlgorithm.byLabel(bank)
              .orElseThrow(() -> CommandFailure.usage("--bank: unknown hash " + bank)));
    }
    try (var key = pki.open(ArtifactKind.PCR_POLICY)) {
      if (!PcrSignature.takes(key.key().publicKey())) {
        throw CommandFailure.rejected(
            "the key of %s is not RSA, and systemd verifies RSA signatures only"
                .formatted(key.certificate().getSubject()));
      }
      var publicKey = key.key().publicKey();
      var image = parts.assemble(List.of(UkiContents.policyKey(publicKey)));
      var input = PcrSignature.policies(image, wanted, algorithms);
      var signature = PcrSignature.sign(input, key.about(subject(image, input)));
      if (!pki.rehearsing()) {
        signature.requireFits(image, publicKey, wanted);
      }
      var report = write(signature.encode(), input, key);
      output.result(report, report::text);
    }
    return ExitCode.ACCEPTED;
  }

  private Report write(Bytes content, PcrSignatureInput input, RoleKey key)
      throws IOException, FormatException {
    var digest = HashAlgorithm.SHA256.digest(content);
    try (var staged = Outputs.stage(target.path(), Outputs.SHARED, target.force())) {
      staged.write(content.buffer());
      pki.finish(List.of(target.event("sign-pcr-policy", key, digest)), staged);
    }
    return new Report(
        "trustme/signed-pcr-policy/1",
        target.path().toString(),
        digest,
        key.fingerprint(),
        input.policies());
  }

  private Subject subject(PeImage image, PcrSignatureInput input) throws FormatException {
    Map<String, String> facts = new TreeMap<>(UkiParts.facts(image));
    input
        .policies()
        .forEach(p -> facts.put("PCR 11 " + p.bank() + " " + p.phase(), p.value().hex()));
    return new Subject(
        ArtifactKind.PCR_POLICY,
        String.valueOf(target.path().getFileName()),
        HashAlgorithm.SHA256.digest(Bytes.copyOf(image.file())),
        facts);
  }

  /** The phases that were given, or those that systemd passes through. */
  static List<BootPhase> phases(List<String> given) {
    List<BootPhase> phases = new ArrayList<>();
    for (String phase : given.isEmpty() ? SYSTEMD_PHASES : given) {
      try {
        phases.add(new BootPhase(phase));
      } catch (IllegalArgumentException e) {
        throw CommandFailure.usage("--phase: " + e.getMessage());
      }
    }
    return phases;
  }
}
