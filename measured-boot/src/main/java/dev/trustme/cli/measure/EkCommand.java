// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Outputs;
import dev.trustme.tpm.EkTemplate;
import dev.trustme.tpm.TpmPublicKey;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tss.EndorsementKeys.NvCertificate;
import dev.trustme.tss.TssContext;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code measure ek}. */
@Command(
    name = "ek",
    description = {
      "Show this TPM's endorsement keys and the certificates that their maker left in it.",
      "",
      "Without --template: the keys of all certificates. Nothing is judged here: whether a"
          + " certificate leads to a maker is for 'trustme pki enrol challenge'."
    },
    footer = {
      "",
      "Example:",
      "  trustme measure ek --template l-1 -o ek",
      "writes ek/ek-l-1.pub (as tpm2_createek -u), ek-l-1.pem and the certificates as .der"
    },
    mixinStandardHelpOptions = true)
final class EkCommand implements Callable<ExitCode> {
  @Option(
      names = "--template",
      paramLabel = "NAME",
      description = "The key of this template: l-1, l-2, h-1 to h-4, h-6, h-7.")
  private @Nullable String template;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "Write keys and certificates into a new folder.")
  private @Nullable Path folder;

  @Option(names = "--force", description = "Replace an existing folder.")
  private boolean force;

  @Mixin private final HierarchyOptions hierarchies = new HierarchyOptions();
  @Mixin private final TpmOption tpm = new TpmOption();
  @Mixin private final Output output = new Output();

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    List<EkTemplate> asked = template == null ? List.of() : List.of(TpmWords.template(template));
    if (folder != null) {
      Outputs.requireAbsent(folder, force);
    }
    tpm.use(tss -> {
      hierarchies.apply(tss);
      var certificates = tss.endorsementKeys().certificates();
      List<EkReport.Key> keys = new ArrayList<>();
      for (EkTemplate wanted : asked.isEmpty() ? certified(certificates) : asked) {
        keys.add(key(tss, wanted, certificates));
      }
      var chain = tss.endorsementKeys().chain().stream().map(EkReport::authority).toList();
      var report = new EkReport("trustme/endorsement-keys/1", keys, chain);
      if (folder != null) {
        report.write(folder, force);
      }
      output.result(report, report::text);
    });
    return ExitCode.ACCEPTED;
  }

  private static List<EkTemplate> certified(List<NvCertificate> certificates) {
    return Arrays.stream(EkTemplate.values())
        .filter(t -> certificates.stream().anyMatch(c -> c.nvIndex() == t.certificateIndex()))
        .toList();
  }

  private static EkReport.Key key(
      TssContext tss, EkTemplate template, List<NvCertificate> certificates)
      throws IOException, GeneralSecurityException {
    TpmtPublic area;
    try (var ek = tss.endorsementKeys().create(template)) {
      area = ek.key();
    }
    List<EkReport.Certificate> matched = new ArrayList<>();
    for (var certificate : certificates) {
      if (certificate.nvIndex() == template.certificateIndex()) {
        matched.add(EkReport.certificate(certificate, TpmPublicKey.of(area)));
      }
    }
    Bytes pem = TpmPublicKey.pem(area);
    return new EkReport.Key(
        template.label(),
        area.name().encode().hex(),
        HashAlgorithm.SHA256.digest(TpmPublicKey.of(area).getEncoded()),
        area.encodeTpm2b(),
        pem.utf8(),
        matched);
  }
}
