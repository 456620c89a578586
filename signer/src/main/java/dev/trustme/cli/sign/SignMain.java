// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.cli.Launcher;
import dev.trustme.cli.Tool;
import java.util.List;
import picocli.CommandLine.Command;

/** The tool {@code trustme sign}. */
@Command(
    name = "trustme sign",
    description = {
      "Sign what a device boots and runs, and say what it will measure.",
      "",
      "Keys come from a PKI folder by role; every signature is written down in the folder's signing"
          + " log. The same inputs give the same bytes."
    },
    footer = {
      "",
      "In the order of a release:",
      "  trustme sign modules /lib/modules/6.12 --pki pki --role boot -o modules-signed",
      "  trustme sign firmware lib/firmware --pki pki --tar firmware.tar",
      "  trustme sign layer rootfs --pki pki -o layer.img",
      "  trustme sign uki --pki pki --stub linuxx64.efi.stub --kernel vmlinuz --initrd initrd.img \\",
      "      --cmdline @cmdline --os-release os-release -o boot.efi",
      "  trustme sign container web-oci --pki pki --config container.yaml -o web.sealed",
      "  trustme sign release --pki pki --config release.yaml -o release.json"
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB")
public final class SignMain implements Tool {
  @Override
  public List<Class<?>> verbs() {
    return List.of(
        EfiCommand.class,
        SignatureCommand.class,
        UkiCommand.class,
        PcrPolicyCommand.class,
        ModulesCommand.class,
        FirmwareCommand.class,
        FsVerityCommand.class,
        LayerCommand.class,
        ContainerCommand.class,
        GuestOsCommand.class,
        ReleaseCommand.class,
        RequestCommand.class,
        AnswerCommand.class,
        AttachCommand.class);
  }

  public static void main(String... args) {
    Launcher.main(new SignMain(), args);
  }
}
