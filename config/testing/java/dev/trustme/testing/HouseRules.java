// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Rules that hold in every module: which calls are not made. */
public final class HouseRules {
  @ArchTest
  public static final ArchRule NO_JAVA_IO_FILE =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.io.File")
          .because("paths are java.nio.file.Path");

  @ArchTest
  public static final ArchRule NO_PUBLIC_MUTABLE_FIELDS =
      fields()
          .that()
          .arePublic()
          .and()
          .areNotStatic()
          .should()
          .haveModifier(JavaModifier.FINAL)
          .allowEmptyShould(true);

  @ArchTest
  public static final ArchRule ONLY_CLI_USES_STANDARD_STREAMS =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.trustme.cli..", "dev.trustme.testing..")
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err")
          .allowEmptyShould(true);

  @ArchTest
  public static final ArchRule NOBODY_REGISTERS_PROVIDERS =
      noClasses()
          .should()
          .callMethod(java.security.Security.class, "addProvider", java.security.Provider.class);

  private HouseRules() {}
}
