// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.cli.Launcher;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.TestPki;
import dev.trustme.profile.Profile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PkiMainTest {
  private static final String TEMPLATE = "/usr/share/OVMF/OVMF_VARS_4M.fd";

  @TempDir private Path dir;

  @Test
  void initMakesAWholeFolderOnce() throws Exception {
    Files.writeString(dir.resolve("pass"), "right\n");
    Path profile = profile("key: rsa-3072", "key: rsa-2048");
    assertEquals(0, init(profile, "pki"));
    var pki = PkiFolder.open(dir.resolve("pki"));
    assertEquals(TestPki.AT, pki.created());
    assertEquals(Files.readString(profile), Files.readString(pki.path().resolve("profile.yaml")));
    assertEquals(0, run("show", "--quiet", file("pki")));
    String index = Files.readString(pki.path().resolve("pki.json"));
    assertEquals(2, init(profile, "pki"));
    assertEquals(index, Files.readString(pki.path().resolve("pki.json")));
    assertEquals(0, init(profile, "pki", "--force"));
    assertTrue(!index.equals(Files.readString(pki.path().resolve("pki.json"))));
    assertOnly("pass", "profile.yaml", "pki");
  }

  @Test
  void initLeavesNothingBehindWhenItFails() throws Exception {
    Files.writeString(dir.resolve("pass"), "right\n");
    assertEquals(3, init(profile("years: 20", "years: 9"), "pki"));
    assertEquals(2, init(Path.of("no-such-profile"), "pki"));
    assertEquals(4, init(profile("years: 20", "years: 20"), "none/pki"));
    Files.writeString(dir.resolve("pass"), "\n");
    assertEquals(2, init(profile("years: 20", "years: 20"), "pki"));
    assertOnly("pass", "profile.yaml");
  }

  @Test
  void forceReplacesNothingButAPki() throws Exception {
    Files.writeString(dir.resolve("pass"), "right\n");
    Files.createDirectory(dir.resolve("home"));
    Files.writeString(dir.resolve("home/letter"), "dear");
    assertEquals(2, init(profile("years: 20", "years: 20"), "home", "--force"));
    assertEquals("dear", Files.readString(dir.resolve("home/letter")));
  }

  @Test
  void showRefusesAChangedLog() throws Exception {
    Path pki = dir.resolve("pki");
    TestPki.create(pki);
    Path log = pki.resolve("log.jsonl");
    Files.writeString(log, Files.readString(log).replaceFirst("CN=boot", "CN=boat"));
    assertEquals(1, run("show", "--quiet", pki.toString()));
    Files.writeString(pki.resolve("pki.json"), "{}");
    assertEquals(3, run("show", "--quiet", pki.toString()));
    assertEquals(4, run("show", "--quiet", dir.resolve("none").toString()));
  }

  @Test
  void expiringIsForMonitoring() throws Exception {
    TestPki.create(dir.resolve("pki"));
    assertEquals(0, expiring("90d", "2027-01-01T00:00:00Z"));
    assertEquals(1, expiring("52w", "2026-12-01T00:00:00Z"));
    assertEquals(1, expiring("0d", "2060-01-01T00:00:00Z"));
    assertEquals(2, expiring("soon", "2027-01-01T00:00:00Z"));
  }

  private int expiring(String within, String at) {
    return run("show", "--quiet", "--expiring", within, "--at", at, file("pki"));
  }

  @Test
  void profilesAreShownAndChecked() throws Exception {
    assertEquals(0, run("profile", "show", "--quiet"));
    for (String name : Profile.SHIPPED) {
      assertEquals(0, run("profile", "show", "--quiet", name));
      assertEquals(0, run("profile", "check", "--json", name));
    }
    assertEquals(
        0, run("profile", "check", "--quiet", profile("years: 20", "years: 20").toString()));
    assertEquals(3, run("profile", "check", profile("years: 20", "years: 0").toString()));
    assertEquals(2, run("profile", "check", file("none.yaml")));
    assertEquals(2, run("profile", "show", "--text", "nobody"));
  }

  @Test
  void varsEnrolsAnEmptyStoreOnly() throws Exception {
    TestPki.create(dir.resolve("pki"));
    assertEquals(0, vars(TEMPLATE, "vars.fd"));
    assertEquals(2, vars(TEMPLATE, "vars.fd"));
    assertEquals(0, vars(TEMPLATE, "vars.fd", "--force"));
    assertEquals(2, vars(file("vars.fd"), "again.fd"));
    assertEquals(3, vars(file("pki/pki.json"), "other.fd"));
    assertEquals(4, vars(file("none.fd"), "other.fd"));
    assertEquals(3, vars(TEMPLATE, "other.fd", "--dbx", file("pki/pki.json")));
    assertOnly("pki", "vars.fd");
  }

  @Test
  void everyVerbTeaches() {
    for (String verb : List.of("init", "show", "vars")) {
      assertEquals(0, run(verb, "--help"));
      assertEquals(2, run(verb, "--no-such-option"));
    }
    assertEquals(0, run("enrol", "challenge", "--help"));
    assertEquals(0, run("enrol", "complete", "--help"));
    assertEquals(2, run("enrol"));
    assertEquals(2, run());
  }

  private int init(Path profile, String target, String... more) {
    return run(
        Stream.concat(
                Stream.of(
                    "init",
                    "--quiet",
                    "--profile",
                    profile.toString(),
                    "--pass-file",
                    file("pass"),
                    "--at",
                    TestPki.AT.toString(),
                    "-o",
                    file(target)),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private int vars(String template, String target, String... more) {
    return run(
        Stream.concat(
                Stream.of(
                    "vars",
                    "--quiet",
                    "--pki",
                    file("pki"),
                    "--template",
                    template,
                    "-o",
                    file(target)),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private static int run(String... arguments) {
    return Launcher.run(new PkiMain(), arguments);
  }

  private Path profile(String part, String replacement) throws Exception {
    String text = Profile.shipped("device").orElseThrow().utf8();
    return Files.writeString(
        dir.resolve("profile.yaml"),
        text.replaceFirst(part, replacement).replace("key: rsa-3072", "key: rsa-2048"));
  }

  private String file(String name) {
    return dir.resolve(name).toString();
  }

  private void assertOnly(String... names) throws Exception {
    try (Stream<Path> found = Files.list(dir)) {
      assertEquals(
          Stream.of(names).sorted().toList(),
          found.map(p -> String.valueOf(p.getFileName())).sorted().toList());
    }
  }
}
