"""Tray: loose papers that belong to no one yet, from a fax, a scan or a photo to a document or a referral."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, CLINICIAN, FRONT_DESK
from lmhg_gateway.features.tray import api, filing, pages, pictures
from lmhg_gateway.features.tray.document_page import came_from
from lmhg_gateway.features.tray.home_page import at_home
from lmhg_gateway.features.tray.jobs import loops
from lmhg_gateway.features.tray.models import (
    Paper,
    PaperFile,
    PaperPage,
    PaperStep,
    TrayMailbox,
)
from lmhg_gateway.features.tray.morning_page import late, stopped
from lmhg_gateway.features.tray.taken_along import TAKEN
from lmhg_gateway.web.merge_rows import rows_by
from lmhg_gateway.web.points import DocumentOrigin, HomeStats, RedLine
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="tray",
    app="workspace",
    needs=("clients", "duplicates", "referrals", "documents", "uploads", "staff", "office_hours"),
    pages=(
        pages.tray_list,
        pages.new_papers,
        pages.add_papers,
        pages.paper_page,
        pages.state_part,
        pages.turn_page,
        pages.move_page,
        pages.split_paper,
        pages.join_form,
        pages.join_papers,
        pages.undo_step,
        pages.take_paper,
        pages.leave_paper,
        pages.set_aside,
        pages.dismiss_paper,
        pages.return_paper,
        pages.tell_sender,
        filing.say_about,
        filing.choose_client,
        filing.clear_client,
        filing.new_person,
        filing.file_form,
        filing.file_paper,
        filing.refer_form,
        filing.refer_paper,
        pictures.page_picture,
        pictures.file_original,
    ),
    api=api.HANDLERS,
    nav=(
        NavItem(
            label="Tray",
            path="/tray",
            icon="inbox",
            permission="tray.read",
            order=45,
            primary=False,
        ),
    ),
    messages={
        "paper": "We can't find this paper.",
        "paper_changed": "Someone already changed this paper. Open it again to see what is new.",
        "paper_closed": "This paper is not in the tray anymore. Open it again to see what became of it.",
        "paper_here": "This paper is in the tray already.",
        "paper_join": "Nothing was changed. Check which papers you chose.",
        "paper_late": "It is too late to put this paper back. Delete the document, or add the paper again.",
        "paper_split": "Nothing was changed. Check where another paper begins.",
        "paper_told": "It is already noted that the sender was told.",
        "paper_unjoined": "These pages can't be made into one file. Nothing was filed. Tell IT support.",
        "paper_unmatched": "Choose the client first. Nothing was filed.",
        "tray_mailbox": "The mailbox can't be read. Tell IT support. Emails in it are safe.",
        "tray_folder": "The watched folder can't be read. Tell IT support. Files in it are safe.",
    },
    notices={
        "tray.added": "Papers added. They are checked first.",
        "tray.turned": "Page turned.",
        "tray.moved": "Page moved.",
        "tray.split": "Paper split.",
        "tray.joined": "Papers joined.",
        "tray.undone": "Undone.",
        "tray.taken": "This paper is assigned to you.",
        "tray.left": "This paper is free for others.",
        "tray.chosen": "Client chosen.",
        "tray.person": "Client added.",
        "tray.filed": "Paper filed.",
        "tray.referred": "Referral started.",
        "tray.aside": "Paper set aside. You can put it back for 7 days.",
        "tray.dismissed": "Taken off the list.",
        "tray.returned": "The paper is back in the tray.",
        "tray.told": "Noted that the sender was told.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(
            name="tray.read",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN}),
            scope="documents",
        ),
        Permission(
            name="tray.write",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN}),
            scope="documents",
        ),
    ),
    models=(Paper, PaperFile, PaperPage, PaperStep, TrayMailbox),
    wall=Path(__file__).parent / "wall.sql",
    loops={"worker": loops},
    contributes=(
        HomeStats(permission="tray.read", find=at_home),
        RedLine(late),
        RedLine(stopped),
        DocumentOrigin(permission="tray.read", find=came_from),
        rows_by(Paper.client_id, noun="paper"),
        TAKEN,
    ),
)
