// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.tpm.NvType;
import dev.trustme.tpm.TpmaNv;
import dev.trustme.tpm.TpmaNv.Flag;
import dev.trustme.tpm.TpmsNvPublic;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code measure nv define}. */
@Command(
    name = "define",
    description = {
      "Define an NV index; the TPM's owner allows it.",
      "",
      "Its authorization value (--auth) and the owner may read and write it; with --policy only"
          + " that policy writes. A PIN index is written by the owner alone."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  trustme measure nv define 0x01800010 --size 32 --auth",
      "  trustme measure nv define 0x01800011 --type counter",
      "  trustme measure nv define 0x01800012 --policy 5f1e..."
    })
final class NvDefineCommand implements Callable<ExitCode> {
  private static final int NUMBER_BYTES = 8;

  @Parameters(paramLabel = "INDEX", description = "Which, from 0x01000000 to 0x01ffffff.")
  private String index = "";

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      defaultValue = "ordinary",
      description = "ordinary (the default), counter, bits, extend, pin-fail or pin-pass.")
  private String type = "ordinary";

  @Option(
      names = "--size",
      paramLabel = "BYTES",
      description = "How much an ordinary index holds; 8 where nothing is said.")
  private @Nullable Integer size;

  @Option(
      names = "--policy",
      paramLabel = "HEX",
      description = "SHA-256 digest of the policy that allows writing.")
  private @Nullable String policy;

  @Mixin private final AuthOption auth = new AuthOption();
  @Mixin private final HierarchyOptions hierarchies = new HierarchyOptions();
  @Mixin private final TpmOption tpm = new TpmOption();
  @Mixin private final Output output = new Output();

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    var wanted = wanted();
    tpm.use(tss -> {
      hierarchies.apply(tss);
      try (var secret = auth.fresh("New authorization of the NV index");
          var defined = tss.nv().define(wanted, secret)) {
        var report = NvReport.of(defined.readPublic());
        output.result(report, report::text);
      }
    });
    return ExitCode.ACCEPTED;
  }

  private TpmsNvPublic wanted() {
    var kind =
        NvType.byLabel(type).orElseThrow(() -> CommandFailure.usage("--type: unknown: " + type));
    if (size != null && (kind != NvType.ORDINARY || size < 1 || size > 0xffff)) {
      throw CommandFailure.usage("--size: 1 to 65535, for an ordinary index: " + size);
    }
    if (policy != null && !policy.matches("[0-9a-fA-F]{64}")) {
      throw CommandFailure.usage("--policy: expected the 64 digits of a SHA-256 digest");
    }
    int bytes =
        switch (kind) {
          case ORDINARY -> size == null ? NUMBER_BYTES : size;
          case EXTEND -> HashAlgorithm.SHA256.size();
          case COUNTER, BITS, PIN_FAIL, PIN_PASS -> NUMBER_BYTES;
        };
    return new TpmsNvPublic(
        TpmWords.nvIndex(index),
        HashAlgorithm.SHA256,
        attributes(kind),
        policy == null ? Bytes.empty() : Bytes.fromHex(policy),
        bytes);
  }

  private TpmaNv attributes(NvType kind) {
    var readable = TpmaNv.of(kind, Flag.AUTHREAD, Flag.OWNERREAD);
    boolean pin = kind == NvType.PIN_FAIL || kind == NvType.PIN_PASS;
    if (policy != null) {
      return (pin ? readable.with(Flag.NO_DA) : readable).with(Flag.POLICYWRITE);
    }
    return pin
        ? readable.with(Flag.OWNERWRITE).with(Flag.NO_DA)
        : readable.with(Flag.OWNERWRITE).with(Flag.AUTHWRITE);
  }
}
