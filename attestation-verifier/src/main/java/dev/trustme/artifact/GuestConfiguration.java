// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.artifact.TextMessage.Presence;
import dev.trustme.artifact.TextMessage.Rule;
import dev.trustme.artifact.TextMessage.Schema;
import dev.trustme.artifact.TextMessage.Value;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The configuration of a GyroidOS guest, message GuestOSConfig in protobuf's text format: which
 * images it mounts where, and what starts in it. A signature is over the bytes as they were
 * received, so they are kept.
 */
public final class GuestConfiguration {
  private static final String STRUCTURE = "GuestOSConfig";
  private static final int MAX_SIZE = 256 << 10;
  private static final int MAX_MOUNTS = 256;
  private static final String MOUNTS = "mounts";
  private static final Set<String> WITH_IMAGE =
      Set.of("SHARED", "FLASH", "OVERLAY_RO", "SHARED_RW", "STORE_ONLY");

  private static final TextMessage.Type TEXT = new TextMessage.Type.Text();
  private static final TextMessage.Type UINT32 = new TextMessage.Type.Unsigned(32);
  private static final TextMessage.Type FLAG = new TextMessage.Type.Flag();
  private static final Schema WORDS =
      new Schema(
          "I18NString",
          List.of(
              new Rule("en", TEXT, Presence.REQUIRED),
              new Rule("de", TEXT, Presence.OPTIONAL),
              new Rule("fr", TEXT, Presence.OPTIONAL)));
  private static final Schema MOUNT =
      new Schema(
          "GuestOSMount",
          List.of(
              new Rule("image_file", TEXT, Presence.REQUIRED),
              new Rule("mount_point", TEXT, Presence.REQUIRED),
              new Rule("fs_type", TEXT, Presence.REQUIRED),
              new Rule("mount_type", mountTypes(), Presence.REQUIRED),
              new Rule("min_size", UINT32, Presence.OPTIONAL),
              new Rule("max_size", UINT32, Presence.OPTIONAL),
              new Rule("def_size", UINT32, Presence.OPTIONAL),
              new Rule("image_size", new TextMessage.Type.Unsigned(64), Presence.OPTIONAL),
              new Rule("image_sha1", TEXT, Presence.OPTIONAL),
              new Rule("image_sha2_256", TEXT, Presence.OPTIONAL),
              new Rule("mount_data", TEXT, Presence.OPTIONAL),
              new Rule("image_verity_sha256", TEXT, Presence.OPTIONAL)));
  private static final Schema CONFIG =
      new Schema(
          STRUCTURE,
          List.of(
              new Rule("name", TEXT, Presence.REQUIRED),
              new Rule("hardware", TEXT, Presence.REQUIRED),
              new Rule("version", new TextMessage.Type.Unsigned(64), Presence.REQUIRED),
              new Rule(MOUNTS, new TextMessage.Type.Message(MOUNT), Presence.REPEATED),
              new Rule("init_path", TEXT, Presence.OPTIONAL),
              new Rule("init_param", TEXT, Presence.REPEATED),
              new Rule("init_env", TEXT, Presence.REPEATED),
              new Rule("mounts_setup", new TextMessage.Type.Message(MOUNT), Presence.REPEATED),
              new Rule("description", new TextMessage.Type.Message(WORDS), Presence.REQUIRED),
              new Rule("description_long", new TextMessage.Type.Message(WORDS), Presence.OPTIONAL),
              new Rule("upstream_version", TEXT, Presence.OPTIONAL),
              new Rule("icon", new TextMessage.Type.Raw(), Presence.OPTIONAL),
              new Rule("build_date", TEXT, Presence.OPTIONAL),
              new Rule("update_base_url", TEXT, Presence.OPTIONAL),
              new Rule("feature_bg_booting", FLAG, Presence.OPTIONAL),
              new Rule("min_ram_limit", UINT32, Presence.OPTIONAL),
              new Rule("def_ram_limit", UINT32, Presence.OPTIONAL),
              new Rule("feature_install_guest", FLAG, Presence.OPTIONAL)));

  private final Bytes raw;
  private final TextMessage message;

  private GuestConfiguration(Bytes raw, TextMessage message) {
    this.raw = raw;
    this.message = message;
  }

  private static TextMessage.Type mountTypes() {
    return new TextMessage.Type.Symbols(
        List.of(
            "SHARED",
            "DEVICE",
            "DEVICE_RW",
            "EMPTY",
            "COPY",
            "FLASH",
            "OVERLAY_RO",
            "SHARED_RW",
            "OVERLAY_RW",
            "BIND_FILE",
            "BIND_FILE_RW",
            "STORE_ONLY"));
  }

  /**
   * One mount.
   *
   * @param imageFile the image's name without {@code .img}
   * @param withImage whether an image file is shipped for it
   * @param sha1 as it stands there, hex; so the others
   */
  public record Mount(
      String imageFile,
      boolean withImage,
      Optional<Long> imageSize,
      Optional<String> sha1,
      Optional<String> sha256,
      Optional<String> verityRoot) {
    private static Mount of(TextMessage message) {
      return new Mount(
          message.text("image_file").orElseThrow(),
          WITH_IMAGE.contains(message.symbol("mount_type").orElseThrow()),
          message.number("image_size"),
          message.text("image_sha1"),
          message.text("image_sha2_256"),
          message.text("image_verity_sha256"));
    }
  }

  /** A configuration, at most 256 KiB and 256 mounts; image names are plain file names. */
  public static GuestConfiguration parse(Bytes text) throws FormatException {
    if (text.size() > MAX_SIZE) {
      throw new FormatException(STRUCTURE, 0, "more than %d bytes".formatted(MAX_SIZE));
    }
    var configuration = new GuestConfiguration(text, TextFormat.parse(text, CONFIG));
    if (configuration.message.messages(MOUNTS).size() > MAX_MOUNTS) {
      throw new FormatException(STRUCTURE, 0, "more than %d mounts".formatted(MAX_MOUNTS));
    }
    requireFileName("name", configuration.name());
    for (var mount : configuration.mounts()) {
      requireFileName("image_file", mount.imageFile());
    }
    return configuration;
  }

  private static void requireFileName(String field, String name) throws FormatException {
    if (name.isEmpty() || name.startsWith(".") || name.indexOf('/') >= 0 || name.length() > 200) {
      throw new FormatException(STRUCTURE, 0, "%s '%s' is no file name".formatted(field, name));
    }
  }

  /** The bytes that a signature is over. */
  public Bytes raw() {
    return raw;
  }

  public String name() {
    return message.text("name").orElseThrow();
  }

  /** 64 bits, unsigned; mostly a date and time as a number. */
  public long version() {
    return message.number("version").orElseThrow();
  }

  /** What its files are called: {@code NAME-VERSION}. */
  public String fileStem() {
    return name() + "-" + Long.toUnsignedString(version());
  }

  public List<Mount> mounts() {
    return message.messages(MOUNTS).stream().map(Mount::of).toList();
  }

  /** What is told of one image. */
  public record Image(long size, Bytes sha1, Bytes sha256, Optional<Bytes> verityRoot) {}

  /**
   * The same with sizes and hashes of the images, printed anew: fields by number. What was said of
   * an image before is gone.
   */
  public GuestConfiguration with(Function<String, Image> images) {
    List<TextMessage> filled = new ArrayList<>();
    for (var mount : message.messages(MOUNTS)) {
      var known = Mount.of(mount);
      filled.add(known.withImage() ? fill(mount, images.apply(known.imageFile())) : mount);
    }
    return printed(message.with(MOUNTS, filled));
  }

  /** The same with another version. */
  public GuestConfiguration withVersion(long version) {
    return printed(message.with("version", new Value.Unsigned(version)));
  }

  /** The same with another build date, which is for people. */
  public GuestConfiguration withBuildDate(String date) {
    return printed(message.with("build_date", new Value.Text(date)));
  }

  private static GuestConfiguration printed(TextMessage message) {
    return new GuestConfiguration(message.print(), message);
  }

  private static TextMessage fill(TextMessage mount, Image image) {
    var filled =
        mount
            .with("image_size", new Value.Unsigned(image.size()))
            .with("image_sha1", new Value.Text(image.sha1().hex()))
            .with("image_sha2_256", new Value.Text(image.sha256().hex()))
            .without("image_verity_sha256");
    return image
        .verityRoot()
        .map(root -> filled.with("image_verity_sha256", new Value.Text(root.hex())))
        .orElse(filled);
  }

  /** The text as protobuf's own printers write it. */
  public Bytes print() {
    return message.print();
  }
}
