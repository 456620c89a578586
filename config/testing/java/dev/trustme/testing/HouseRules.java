// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Rules that hold in every module: how a source looks and which calls are not made. */
public final class HouseRules {
  private static final int MAX_LINES = 400;

  public static final ArchRule NO_JAVA_IO_FILE =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.io.File")
          .because("paths are java.nio.file.Path");

  public static final ArchRule NO_PUBLIC_MUTABLE_FIELDS =
      fields()
          .that()
          .arePublic()
          .and()
          .areNotStatic()
          .should()
          .haveModifier(JavaModifier.FINAL)
          .allowEmptyShould(true);

  public static final ArchRule ONLY_CLI_USES_STANDARD_STREAMS =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.trustme.cli..", "dev.trustme.testing..")
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err")
          .allowEmptyShould(true);

  public static final ArchRule NOBODY_REGISTERS_PROVIDERS =
      noClasses()
          .should()
          .callMethod(java.security.Security.class, "addProvider", java.security.Provider.class);

  private HouseRules() {}

  /** The sources of the module under test that are longer than a person reads in one go. */
  public static List<String> longSources() throws IOException {
    try (var sources = Files.walk(Path.of("src"))) {
      return sources
          .filter(p -> p.toString().endsWith(".java"))
          .filter(p -> lines(p) > MAX_LINES)
          .map(Path::toString)
          .toList();
    }
  }

  private static long lines(Path source) {
    try (var lines = Files.lines(source)) {
      return lines.count();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
