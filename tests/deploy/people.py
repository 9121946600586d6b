"""Who signs in during the trial: the people of the demo, whose file is in the folder of the trial."""

from services.platform.people import organisations

SUBJECTS = tuple(person.subject for each in organisations() for person in (each.administrator, *each.people))
