// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import dev.trustme.trust.Certificates;
import dev.trustme.uefi.PeImage;
import dev.trustme.uki.PcrSignature;
import dev.trustme.uki.UkiContents;
import dev.trustme.uki.UkiSection;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sign uki}: kernel, initrd and command line in one signed image. */
@Command(
    name = "uki",
    description = {
      "Assemble a unified kernel image on systemd's boot stub and sign it for firmware's db.",
      "",
      "Kernel, initrd and command line are then one signed file: none of them can be exchanged"
          + " without breaking the signature, and each is measured into PCR 11.",
      "",
      "Secrets may be bound to any image of yours by policies over PCR 11: sign these first with"
          + " 'trustme sign pcr-policy' and the same parts, then give --pcrpkey and --pcrsig here."
    },
    footer = {
      "",
      "Examples:",
      "  trustme sign uki --pki pki --stub /usr/lib/systemd/boot/efi/linuxx64.efi.stub \\",
      "      --kernel vmlinuz --initrd initrd.img --cmdline 'console=ttyS0 quiet' \\",
      "      --os-release /etc/os-release -o boot.efi",
      "  trustme sign uki … --pcrpkey pki/certs/pcr-policy.pem --pcrsig pcrsig.json -o boot.efi"
    },
    mixinStandardHelpOptions = true)
final class UkiCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private PkiKey pki = new PkiKey();
  @Mixin private Target target = new Target();

  @Mixin private UkiParts parts = new UkiParts();

  @Option(
      names = "--pcrpkey",
      paramLabel = "FILE",
      description = "The key that signs policies over PCR 11: its certificate (PEM or DER).")
  private Optional<Path> policyKey = Optional.empty();

  @Option(
      names = "--pcrsig",
      paramLabel = "FILE",
      description = {
        "The policies over PCR 11 that 'sign pcr-policy' signed for this image; needs --pcrpkey."
      })
  private Optional<Path> policies = Optional.empty();

  @Option(
      names = "--phase",
      paramLabel = "PATH",
      description = "Phases that --pcrsig may speak of; default: systemd's.")
  private List<String> phases = new ArrayList<>();

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    if (policies.isPresent() && policyKey.isEmpty()) {
      throw CommandFailure.usage("--pcrsig: give --pcrpkey FILE too");
    }
    target.requireFree();
    List<UkiSection> more = new ArrayList<>();
    if (policyKey.isPresent()) {
      more.add(Inputs.parse(policyKey.get(), c -> UkiContents.policyKey(publicKey(c))));
    }
    var image = parts.assemble(more);
    if (policies.isPresent()) {
      var key = Inputs.parse(policyKey.orElseThrow(), UkiCommand::publicKey);
      var unsigned = image;
      more.add(Inputs.parse(policies.get(), content -> fitting(content, unsigned, key)));
      image = parts.assemble(more);
    }
    var report =
        new SignedEfi(pki, "sign-uki")
            .write(image, target.path().toString(), target, UkiParts.facts(image));
    output.result(report, report::text);
    return ExitCode.ACCEPTED;
  }

  private static SubjectPublicKeyInfo publicKey(Bytes certificate) throws FormatException {
    return Certificates.parse(certificate).getFirst().getSubjectPublicKeyInfo();
  }

  /** The section, if it was signed for the image without it, which measures the same PCR 11. */
  private UkiSection fitting(Bytes content, PeImage image, SubjectPublicKeyInfo key)
      throws FormatException {
    PcrSignature.parse(content).requireFits(image, key, PcrPolicyCommand.phases(phases));
    return new UkiSection(".pcrsig", content);
  }
}
