package io.openledger.wildfly.it;

import java.io.File;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** Makes the applications that are deployed. None of them carries a library of ours. */
final class Wars {

  private Wars() {}

  /** A war with these classes, the sample's clauses, and CDI for annotated beans. */
  static WebArchive of(String name, Class<?>... classes) {
    return ShrinkWrap.create(WebArchive.class, name)
        .addClasses(classes)
        // for the application's own database, see Notes
        .setManifest(new StringAsset("Manifest-Version: 1.0\nDependencies: com.h2database.h2\n"))
        .addAsResource(new File(System.getProperty("openledger.clauses")), "clauses.jsonl")
        .addAsWebInfResource(
            new StringAsset(
                "<beans xmlns='https://jakarta.ee/xml/ns/jakartaee' version='4.0'"
                    + " bean-discovery-mode='annotated'/>"),
            "beans.xml");
  }
}
