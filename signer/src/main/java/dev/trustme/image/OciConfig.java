// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.trustme.artifact.LaunchDescription;
import dev.trustme.bytes.Digest;
import dev.trustme.sign.ContainerConfig.ImageDefaults;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What of an image configuration is used: OCI Image Format 1.1, "Image Configuration". It carries
 * much that builders invented, so other keys are ignored.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record OciConfig(
    @JsonProperty("architecture") String architecture,
    @JsonProperty("os") String os,
    @JsonProperty("config") Optional<Execution> config,
    @JsonProperty("rootfs") RootFs rootfs) {

  /** What an image without a configuration wishes. */
  static final ImageDefaults NOTHING =
      new ImageDefaults(List.of(), List.of(), "/", new LaunchDescription.User(0, 0));

  /** How the image would like to be run. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Execution(
      @JsonProperty("User") Optional<String> user,
      @JsonProperty("Env") Optional<List<String>> env,
      @JsonProperty("Entrypoint") Optional<List<String>> entrypoint,
      @JsonProperty("Cmd") Optional<List<String>> cmd,
      @JsonProperty("WorkingDir") Optional<String> workingDir) {
    static final Execution NONE =
        new Execution(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }

  /** Digests of the uncompressed layers, lowest first. */
  record RootFs(@JsonProperty("type") String type, @JsonProperty("diff_ids") List<Digest> diffIds) {
    RootFs {
      diffIds = List.copyOf(diffIds);
      if (!type.equals("layers")) {
        throw new IllegalArgumentException("rootfs.type: expected layers, found " + type);
      }
    }
  }

  String platform() {
    return os + "/" + architecture;
  }

  /** User must be numeric: names would need the image's own password file. */
  ImageDefaults defaults() {
    var run = config.orElse(Execution.NONE);
    var args =
        Stream.concat(
                run.entrypoint().orElse(List.of()).stream(), run.cmd().orElse(List.of()).stream())
            .toList();
    String cwd = run.workingDir().filter(d -> !d.isEmpty()).orElse("/");
    return new ImageDefaults(args, run.env().orElse(List.of()), cwd, user(run.user().orElse("")));
  }

  private static LaunchDescription.User user(String text) {
    if (text.isEmpty()) {
      return new LaunchDescription.User(0, 0);
    }
    if (!text.matches("[0-9]{1,5}(:[0-9]{1,5})?")) {
      throw new IllegalArgumentException(
          "the image's user '%s' is a name: state launch.user with numbers".formatted(text));
    }
    String[] ids = text.split(":", 2);
    int uid = Integer.parseInt(ids[0]);
    return new LaunchDescription.User(uid, ids.length == 1 ? 0 : Integer.parseInt(ids[1]));
  }
}
