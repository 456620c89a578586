// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.artifact.ContainerManifest.ContentMode;
import dev.trustme.artifact.ContainerManifest.SecondFactor;
import dev.trustme.artifact.ContainerManifest.Targets;
import dev.trustme.artifact.Isolation;
import dev.trustme.artifact.LaunchDescription;
import dev.trustme.artifact.Network;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * {@code container.yaml}, the input of {@code sign container --config}. What {@code launch} leaves
 * out comes from the OCI image's own configuration or, where that says nothing, denies most.
 */
public record ContainerConfig(
    String schema,
    String name,
    long version,
    Optional<String> platform,
    Optional<String> layoutTag,
    Launch launch,
    Optional<SecondFactor> secondFactor,
    Optional<Targets> targets,
    Instant notAfter,
    Optional<ContentMode> content) {
  public static final String SCHEMA = "trustme/container-config/1";

  public ContainerConfig {
    if (!schema.equals(SCHEMA)) {
      throw new IllegalArgumentException("schema: expected " + SCHEMA + ", found " + schema);
    }
  }

  public static ContainerConfig parse(Bytes yaml) throws FormatException {
    return Json.readYaml(yaml, ContainerConfig.class, "container configuration");
  }

  /** The content mode that the device must provide; verified at start where nothing is said. */
  public ContentMode contentMode() {
    return content.orElse(ContentMode.VERIFIED_AT_START);
  }

  /** The same for this platform; another one that it names already is malformed. */
  public ContainerConfig forPlatform(String name) throws FormatException {
    if (platform.isPresent() && !platform.get().equals(name)) {
      throw new FormatException(
          "container configuration",
          0,
          "platform: %s, but %s is asked for".formatted(platform.get(), name));
    }
    return new ContainerConfig(
        schema,
        this.name,
        version,
        Optional.of(name),
        layoutTag,
        launch,
        secondFactor,
        targets,
        notAfter,
        content);
  }

  /** The launch description as far as the author wrote it. */
  public record Launch(
      Optional<List<String>> args,
      Optional<List<String>> env,
      Optional<String> cwd,
      Optional<LaunchDescription.User> user,
      Optional<List<LaunchDescription.Capability>> capabilities,
      Optional<List<LaunchDescription.Mount>> mounts,
      Optional<Network> network,
      Optional<LaunchDescription.Limits> limits,
      Optional<Isolation> isolation) {
    private static final LaunchDescription.Limits DEFAULT_LIMITS =
        new LaunchDescription.Limits(256L << 20, 256);

    /** Completed by the image's configuration; an invalid result is an IllegalArgumentException. */
    public LaunchDescription complete(ImageDefaults image) {
      return new LaunchDescription(
          args.orElse(image.args()),
          env.orElse(image.env()),
          cwd.orElse(image.cwd()),
          user.orElse(image.user()),
          capabilities.orElse(List.of()),
          mounts.orElse(List.of()),
          network.orElse(Network.NONE),
          limits.orElse(DEFAULT_LIMITS),
          isolation);
    }
  }

  /** What an OCI image configuration says: Entrypoint and Cmd, Env, WorkingDir, User. */
  public record ImageDefaults(
      List<String> args, List<String> env, String cwd, LaunchDescription.User user) {}
}
