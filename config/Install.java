// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;

/**
 * Lays out a build for the launcher: {@code Install.java CHECKOUT}. Every jar that a tool needs
 * goes to build/ID/lib, where ID is a hash over the JDK and all jars, so that changed jars never
 * meet an old start-up cache; then one AOT cache a tool is trained (JDK 25 and newer). Signature
 * files of signed jars are left out, as the JVM puts no class of a signed jar into a cache.
 */
public class Install {
  /** Tool, the module whose class path it needs, its main class, and what it is trained with. */
  record Tool(String name, String module, String main, List<String> training) {}

  /**
   * Training commands run one after the other in one process and a scratch folder; VECTORS/ stands
   * for the shipped vectors, CONFIG/ for the folder of this file. A command is the tool's own
   * unless it begins with a tool's name and a colon. What matters is the code they reach, not how
   * they end.
   */
  private static final List<Tool> TOOLS =
      List.of(
          new Tool(
              "pki",
              "pki-ca",
              "dev.trustme.cli.pki.PkiMain",
              List.of(
                  "--help",
                  "init --profile device -o pki --pass-file pass",
                  "show pki",
                  "issue release --pki pki --pass-file pass",
                  "crl device --pki pki --pass-file pass",
                  "sign-csr VECTORS/csr --template device --pki pki --pass-file pass -q -o issued",
                  "audit verify --pki pki")),
          new Tool("sign", "signer", "dev.trustme.cli.sign.SignMain", signing()),
          new Tool(
              "verify",
              "attestation-verifier",
              "dev.trustme.cli.verify.VerifyMain",
              List.of(
                  "--help",
                  "artifact VECTORS/authenticode/good.efi --as uefi --cert VECTORS/authenticode/db.pem",
                  "challenge --device 7c673ee7-c41c-431a-89ad-11590e357214 --state state -o nonce.json",
                  "evidence VECTORS/evidence/good.json --release VECTORS/evidence/release.json"
                      + " --policy VECTORS/evidence/policy.yaml --state state --all")),
          new Tool(
              "measure",
              "measured-boot",
              "dev.trustme.cli.measure.MeasureMain",
              List.of(
                  "--help",
                  "log VECTORS/eventlog/uki.bin",
                  "replay VECTORS/eventlog/uki.bin",
                  "ima VECTORS/ima/good.bin",
                  "cel VECTORS/cel/systemd.log",
                  "uki VECTORS/authenticode/good.efi")),
          new Tool(
              "device",
              "device-runtime",
              "dev.trustme.cli.device.DeviceMain",
              List.of(
                  "--help",
                  "init --store store --roots VECTORS/x509/roots.pem",
                  "list --store store")),
          new Tool(
              "vectors",
              "testvectors",
              "dev.trustme.cli.vectors.VectorsMain",
              List.of("--help", "run --dir VECTORS")));

  /**
   * A whole session over a few files, often enough that the JVM learns which code is worth
   * compiling: most of a signing run's time would else be its first second.
   */
  private static List<String> signing() {
    List<String> commands = new ArrayList<>();
    commands.add("pki:init --profile CONFIG/training-profile.yaml -o pki --pass-file pass");
    commands.add("--help");
    commands.add("uki --help");
    commands.add(
        "modules VECTORS/module --replace -q --pki pki --pass-file pass --role module -o all");
    for (int round = 0; round < 10; round++) {
      commands.add(
          "modules VECTORS/module/good-embedded.ko VECTORS/module/good-key-id.ko"
              + " VECTORS/module/good-xz.ko.xz VECTORS/module/good-zst.ko.zst --replace -q"
              + " --pki pki --pass-file pass --role module -o modules-"
              + round);
      commands.add(
          "efi VECTORS/authenticode/good.efi --replace -q --pki pki --pass-file pass --role boot"
              + " -o efi-"
              + round);
    }
    return commands;
  }

  private static final FileTime FIXED = FileTime.fromMillis(1_763_769_600_000L);

  private final Path home;
  private final Path build;
  private final Path jdk = Path.of(System.getProperty("java.home"));

  Install(Path home) {
    this.home = home;
    this.build = home.resolve("build");
  }

  public static void main(String[] args) throws Exception {
    new Install(Path.of(args[0]).toAbsolutePath()).run();
  }

  void run() throws Exception {
    Map<String, Path> jars = new TreeMap<>();
    Map<Tool, List<String>> classPaths = new LinkedHashMap<>();
    for (Tool tool : TOOLS) {
      classPaths.put(tool, classPath(tool, jars));
    }
    String id = id(jars);
    Path target = build.resolve(id);
    if (!Files.exists(target.resolve("complete"))) {
      Files.createDirectories(build);
      removeTree(target);
      layOut(target, jars, classPaths);
      trainAll(target, classPaths);
      Files.createFile(target.resolve("complete"));
    }
    Path pointer = build.resolve("current.new");
    Files.writeString(pointer, id + "\n");
    Files.move(pointer, build.resolve("current"), StandardCopyOption.ATOMIC_MOVE);
    removeOthers(id);
  }

  /** The module's own jar and its runtime class path as Maven resolved it. */
  private List<String> classPath(Tool tool, Map<String, Path> jars) throws IOException {
    Path output = home.resolve(tool.module()).resolve("target");
    List<Path> paths = new ArrayList<>();
    try (var files = Files.list(output)) {
      files
          .filter(f -> f.getFileName().toString().matches(tool.module() + "-[0-9.]+\\.jar"))
          .forEach(paths::add);
    }
    if (paths.size() != 1) {
      throw new IOException(output + ": expected one jar of the module, found " + paths);
    }
    String listed = Files.readString(output.resolve("runtime.classpath")).strip();
    for (String entry : listed.split(":")) {
      if (!entry.isEmpty()) {
        paths.add(Path.of(entry));
      }
    }
    List<String> names = new ArrayList<>();
    for (Path path : paths) {
      String name = path.getFileName().toString();
      jars.put(name, path);
      names.add(name);
    }
    return names;
  }

  private String id(Map<String, Path> jars) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(Files.readAllBytes(jdk.resolve("release")));
    digest.update(Files.readAllBytes(home.resolve("config/Install.java")));
    for (var jar : jars.entrySet()) {
      digest.update(jar.getKey().getBytes(java.nio.charset.StandardCharsets.UTF_8));
      digest.update(
          MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar.getValue())));
    }
    return HexFormat.of().formatHex(digest.digest(), 0, 12);
  }

  private void layOut(Path target, Map<String, Path> jars, Map<Tool, List<String>> classPaths)
      throws IOException {
    Path lib = Files.createDirectories(target.resolve("lib"));
    for (var jar : jars.entrySet()) {
      Path copy = lib.resolve(jar.getKey());
      if (jar.getKey().startsWith("picocli-")) {
        copyCompiledAnew(jar.getValue(), copy);
      } else {
        copyWithoutSignature(jar.getValue(), copy, Map.of());
      }
      Files.setLastModifiedTime(copy, FIXED);
      if (jar.getKey().startsWith("AmazonCorretto")) {
        extractLibraries(jar.getValue(), lib);
      }
    }
    Files.copy(jdk.resolve("release"), target.resolve("jdk-release"));
    for (var entry : classPaths.entrySet()) {
      Tool tool = entry.getKey();
      Files.writeString(
          target.resolve(tool.name() + ".classpath"), String.join(" ", entry.getValue()) + "\n");
      Files.writeString(target.resolve(tool.name() + ".main"), tool.main() + "\n");
    }
  }

  /** Native libraries beside their jar, which would else be unpacked at each start. */
  private static void extractLibraries(Path jar, Path folder) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : zip.stream().filter(e -> e.getName().endsWith(".so")).toList()) {
        String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
        try (InputStream content = zip.getInputStream(entry)) {
          Files.copy(content, folder.resolve(name));
        }
      }
    }
  }

  /**
   * picocli's classes are of the format of Java 5, which the JVM verifies slowly and puts into no
   * cache. The same sources, compiled for this release, start in two thirds of the time.
   */
  private void copyCompiledAnew(Path from, Path to) throws IOException {
    Path scratch = Files.createTempDirectory("trustme-picocli");
    try {
      Path sources = scratch.resolve("sources");
      Path classes = Files.createDirectories(scratch.resolve("classes"));
      List<String> arguments =
          new ArrayList<>(
              List.of("--release", "21", "-proc:none", "-nowarn", "-g:source,lines", "-d"));
      arguments.add(classes.toString());
      try (ZipFile jar = new ZipFile(home.resolve("target/picocli-sources.jar").toFile())) {
        for (String name : List.of("picocli/CommandLine.java", "picocli/AutoComplete.java")) {
          Path source = sources.resolve(name);
          Files.createDirectories(source.getParent());
          try (InputStream content = jar.getInputStream(jar.getEntry(name))) {
            Files.copy(content, source);
          }
          arguments.add(source.toString());
        }
      }
      int code =
          ToolProvider.getSystemJavaCompiler()
              .run(null, null, OutputStream.nullOutputStream(), arguments.toArray(String[]::new));
      if (code != 0) {
        throw new IOException("picocli's sources do not compile");
      }
      copyWithoutSignature(from, to, compiled(classes));
    } finally {
      removeTree(scratch);
    }
  }

  private static Map<String, Path> compiled(Path classes) throws IOException {
    Map<String, Path> compiled = new TreeMap<>();
    try (var walk = Files.walk(classes)) {
      walk.filter(Files::isRegularFile)
          .forEach(f -> compiled.put(classes.relativize(f).toString(), f));
    }
    return compiled;
  }

  /**
   * Copies a jar without its signature; entries that are named in {@code instead} come from there.
   */
  private static void copyWithoutSignature(Path from, Path to, Map<String, Path> instead)
      throws IOException {
    try (ZipFile in = new ZipFile(from.toFile());
        OutputStream file = Files.newOutputStream(to);
        ZipOutputStream out = new ZipOutputStream(file)) {
      var entries = in.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        if (entry.getName().matches("META-INF/[^/]*\\.(SF|RSA|DSA|EC)")) {
          continue;
        }
        ZipEntry copy = new ZipEntry(entry.getName());
        copy.setLastModifiedTime(FIXED);
        out.putNextEntry(copy);
        Path other = instead.get(entry.getName());
        try (InputStream content =
            other == null ? in.getInputStream(entry) : Files.newInputStream(other)) {
          content.transferTo(out);
        }
        out.closeEntry();
      }
    }
  }

  private void trainAll(Path target, Map<Tool, List<String>> classPaths) throws Exception {
    if (Runtime.version().feature() < 25) {
      return;
    }
    try (var pool = Executors.newFixedThreadPool(2)) {
      List<Future<?>> runs = new ArrayList<>();
      for (var entry : classPaths.entrySet()) {
        runs.add(pool.submit(() -> train(target, entry.getKey(), entry.getValue())));
      }
      for (Future<?> run : runs) {
        run.get();
      }
    }
  }

  /** A cache is a gift, not a need: where training fails, the tool just starts slower. */
  private Void train(Path target, Tool tool, List<String> classPath) throws Exception {
    Path cache = target.resolve(tool.name() + ".aot");
    Path making = target.resolve(tool.name() + ".making");
    List<String> command = new ArrayList<>();
    command.add(jdk.resolve("bin/java").toString());
    command.addAll(List.of("-XX:AOTCacheOutput=" + making, "-XX:+UseSerialGC", "-XX:-UsePerfData"));
    if (!List.of("device", "vectors").contains(tool.name())) {
      command.add("-XX:TieredStopAtLevel=1");
    }
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Dtrustme.terminal=", "-cp"));
    command.add(
        String.join(
            ":",
            classPath.stream().map(j -> target.resolve("lib").resolve(j).toString()).toList()));
    command.add("dev.trustme.cli.Rehearsal");
    for (String run : tool.training()) {
      command.addAll(words(tool, run));
      command.add("--then");
    }
    Path scratch = Files.createTempDirectory("trustme-training");
    Files.writeString(scratch.resolve("pass"), "a passphrase for training only\n");
    Process process =
        new ProcessBuilder(command)
            .directory(scratch.toFile())
            .redirectErrorStream(true)
            .redirectOutput(target.resolve(tool.name() + ".training.log").toFile())
            .start();
    boolean trained = process.waitFor() == 0 && Files.exists(making);
    removeTree(scratch);
    if (trained) {
      Files.move(making, cache, StandardCopyOption.ATOMIC_MOVE);
    } else {
      System.err.println("trustme: no start-up cache for " + tool.name() + "; it starts slower");
    }
    return null;
  }

  /** A training command with the class of its tool in front. */
  private List<String> words(Tool tool, String run) {
    var main = tool.main();
    for (Tool other : TOOLS) {
      if (run.startsWith(other.name() + ":")) {
        main = other.main();
        run = run.substring(other.name().length() + 1);
      }
    }
    List<String> words = new ArrayList<>(List.of(main));
    words.addAll(
        List.of(
            run.replace("VECTORS", home.resolve("testvectors/vectors").toString())
                .replace("CONFIG", home.resolve("config").toString())
                .split(" ")));
    return words;
  }

  private void removeOthers(String id) throws IOException {
    try (var folders = Files.list(build)) {
      for (Path folder : folders.toList()) {
        if (Files.isDirectory(folder) && !folder.getFileName().toString().equals(id)) {
          removeTree(folder);
        }
      }
    }
  }

  private static void removeTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (var walk = Files.walk(root)) {
      for (Path path : walk.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
