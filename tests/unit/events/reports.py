"""Short reports in our own words: three of one event, and distractors of the same kind."""

from datetime import date

from services.extract.events import EventProfile, profile_article

COLLAPSE_TITLE = "Four dock workers hurt as crane falls on ferry in Marrow Bay"
COLLAPSE = (
    "A crane collapsed onto a moored ferry in Marrow Bay early on March 4, trapping four dock "
    "workers beneath the wreckage. Ines Calder, the harbour master, said the crane had passed its "
    "spring inspection. Rescue crews from Tolby and Westhaven cut through the steel by "
    "torchlight. Ferries to the Skerrin Islands are suspended until Sunday, the Marrow Bay Port "
    "Authority said."
)
COLLAPSE_RETOLD_TITLE = "Marrow Bay ferry crushed by crane, dockers freed"
COLLAPSE_RETOLD = (
    "Dock workers were pulled alive from under a fallen crane at Marrow Bay on March 4 after "
    "crews from Westhaven and Tolby worked through the night. The moored ferry took the full "
    "weight of the jib. Harbour master Ines Calder told the Port Authority that the spring "
    "inspection had found no fault. Islanders on the Skerrin Islands face a week without ferries."
)
QUAKE_TITLE = "Strong earthquake shakes Velna, dozens hurt"
QUAKE = (
    "A magnitude 6.1 earthquake struck near Velna on Monday, collapsing houses and injuring "
    "dozens of people, officials in Ostria said. Governor Rado Milic said rescuers were searching "
    "villages in the Karst valley. The tremor was felt as far away as Lubin."
)
OTHER_QUAKE_TITLE = "Earthquake hits Tamoa coast, dozens hurt"
OTHER_QUAKE = (
    "A magnitude 5.8 earthquake struck near Tamoa on Thursday, collapsing houses and injuring "
    "dozens of people, officials in Paruva said. Mayor Luz Arroyo said rescuers were searching "
    "villages along the Serrano coast. The tremor was felt as far away as Quilla."
)
VISIT_TITLE = "Ministers Orlan and Keita meet in Sarvik"
VISIT = (
    "Norland's defence minister, Tomas Orlan, inspected an honour guard at the Sarvik citadel "
    "on May 2 before two hours of talks with his host, Awa Keita. They signed a memorandum on "
    "mine clearance at the old Brannock airfield, where Norland has already spent 40 million "
    "crowns on digging out contaminated soil. Keita thanked Norland for language courses given "
    "to 120 Delvian officers. Orlan then laid a wreath at the river memorial and called on "
    "President Sefu Adoula, who spoke of thirty years of relations and invited the Norland navy "
    "to visit the harbour at Kesh in the autumn."
)
LATER_VISIT_TITLE = "Orlan and Keita speak at Port Amble forum"
LATER_VISIT = (
    "Shipping lanes and timber duties filled the margins of the yearly security forum in Port "
    "Amble, where Tomas Orlan sat down with Awa Keita on November 19. Norland wants lower "
    'tariffs on sawn wood; Delvia asks for patrol boats in return. "A candid exchange," Keita '
    "said in the Amble convention hall, adding that both capitals would speed up negotiations. "
    "Orlan asked her to come to Norland's winter exercise. Analysts at the Weir Institute saw "
    "the meeting as a signal to larger neighbours, since trade between the two has shrunk by a "
    "fifth over the year."
)


def profile(title: str, text: str, day: date | None = None) -> EventProfile:
    """Profile a report published on *day*."""
    return profile_article(title, text, day)
