"""Sentences from the corners of the grammar, each with what it claims and who says so."""

from __future__ import annotations

import pytest

from tests.builders import article
from tests.claimterms import shipped_reader

# A sentence, and its claims: standing and speaker, `-` for nobody; nothing where it claims nothing.
SENTENCES = """
He is expected to plead guilty. =>
The Ministry challenged “forced” sales. =>
Bank ordered to pay $5 million => official -
Italy told to stop burning plastics =>
The deal was approved by shareholders. =>
The ministry told reporters of its plans. =>
A judge found the firm not guilty. =>
Drivers are charged £45 for it. =>
He was arrested by fans. =>
The road was blocked. =>
The court ruled. =>
Police arrest two men over leak => official -
Regulators fine bank over leaks => official -
US fines bank over leaks => official US
The indictment was returned by a grand jury. => official -
Sanctions were imposed by the EU. => official EU
Sanctions were announced on Monday. => official -
The EU announced plans for sanctions. =>
Prosecutors brought charges against the bank. => official -
The bank could be on the sanctions list. =>
Adding the bank to the sanctions list took years. =>
Bank added to US sanctions list => official -
The bank was taken off the sanctions list. => official -
The EU removed the bank from its sanctions list. => official EU
“It sold arms,” alleges Kyle Chan. => alleged -
A man accused of spying was arrested. => alleged -
The fires claimed dozens of lives. =>
The memo's claims are new. =>
Hanwei faces allegations in court. => alleged -
Its critics' allegations that it sold arms are new. => alleged -
The UN condemned the theft of aid. =>
Hanwei was allegedly not involved in the theft. => alleged -
Hanwei would have declined to comment. =>
The Times reached out to Hanwei for comment. => unverified Times
Hanwei has reached out to customers. =>
Independent confirmation has not come. =>
The bank could not establish itself abroad. =>
The court could not determine who sold the chips. => unverified -
The ministry did not discuss the matter. =>
The minister would never discuss the matter. =>
The striker could not respond to the shot. =>
There was no immediate comment from the ministry of defence. => unverified -
Requests for comment went unanswered by the Treasury. => unverified Treasury
Hanwei had no comment. => unverified Hanwei
He did not say “no comment” to it. =>
The Treasury has no way to verify the claims. => unverified Treasury
The fans had no answer to the goal. =>
Hanwei was unable to verify the claims. => unverified Hanwei
It was not possible for Reuters to verify the claims. =>
Hanwei is yet to respond to the claims. => unverified Hanwei
The question was not answered. =>
None of the claims was confirmed. => unverified -
Neither side responded to the claims. => unverified -
Reuters, unable to verify the memo, did not print it. => unverified Reuters
If the claims were not verified, it would matter. =>
The report, which Reuters could not verify, named Hanwei. => unverified Reuters
The claims remain unverified, Hanwei said. => unverified -
The ministry refused to say whether it knew. => unverified -
The ministry may refuse to comment. =>
He could have confirmed it. =>
We can confirm it. => confirmed -
He admitted to stealing chips. => confirmed -
He admitted to the club's members what he did. =>
He admitted only two mistakes. =>
The club admitted that it cannot confirm the deal. => unverified -
Hanwei conceded three points. =>
The deal, confirmed on Monday, is worth little. =>
Ministers confirmed for the first time are here. =>
The claim was true, the ministry said. => confirmed -
The shoes are genuine leather, the shop said. =>
The report may be true, Hanwei said. =>
The regulator never issued a correction. =>
The paper could have retracted its story. =>
The bid was withdrawn on Monday. =>
The report was withdrawn by the ministry. => retracted -
The ministry withdrew troops after the report. =>
Hanwei denied by email that it sold arms. => denied Hanwei
Denying the report, Hanwei called it a lie. => denied Hanwei
By denying the report, Hanwei made things worse. =>
A court rejected the claims. =>
Hanwei rejected it as baseless. => denied Hanwei
Rockets shot down over the city were ours, the report said. =>
The report is not false, Hanwei said. =>
The report may be false, Hanwei said. =>
The memo says the claims are false. => alleged -
He said he had never met them. =>
Hanwei called the claims a smear. => denied Hanwei
Hanwei sold false invoices, it said. =>
The ministry rejects such false claims, it said. => denied -
Nothing illegal was done, Hanwei insisted. => denied Hanwei
Was the report denied by Hanwei? =>
The company had not deleted or corrected the article. =>
Hanwei, of May fame, was sanctioned in May by the EU. => official EU
The White House (and others) accused Hanwei. => alleged White House
Hanwei, which makes chips, and others, denied the report. => denied -
Hanwei, in turn, denied the report. => denied Hanwei
Hanwei in 2019 denied the report. => denied Hanwei
Hanwei-backed Eastcom denied the report. => denied Hanwei-backed Eastcom
Telmax (TLX) denied the report. => denied Telmax
Alibaba said so: it denied the report. => denied Alibaba
Hanwei said it sold arms, and denied the report. => denied Hanwei
Having said that, the Chinese government denied it. => denied Chinese government
In May, said nobody, Hanwei denied it. => denied Hanwei
Attorney General John Carney accused Hanwei. => alleged John Carney
Foreign Ministry spokesman Wang Wei accused Hanwei. => alleged Foreign Ministry
The bank's lawyer denied it. => denied -
A company spokesman denied it. => denied -
The US's statement denied it. => denied -
They found him guilty of it. =>
Readers found him guilty of it. =>
The road to China was blocked. =>
Fined for leaks =>
Banks add names to the sanctions list. =>
“Sold arms,” alleges Kyle Chan. => alleged -
Calls to people went unanswered. => unverified -
People remained silent on the matter. => unverified -
The FT admits that the claims remain unverified. => unverified -
If the memo is genuine, it matters, Hanwei said. =>
How the firm detects, removes and reports claims. =>
It trades in lies, Hanwei said of the claims. =>
The EU voted to sanction the bank. => official EU
The EU plans to sanction the bank. =>
In May the EU may sanction the bank. =>
On 4 May 2019 Hanwei denied the report. => denied Hanwei
Hanwei) denied the report. => denied -
Hanwei sells chips; it, too, denied the report. => denied Hanwei
The statement denied the report. => denied -
Hanwei - Eastcom denied the report. => denied Eastcom
The report was denied, said in Paris its author. => denied -
The report was denied by Hanwei / Eastcom. => denied Hanwei / Eastcom
The strike was confirmed by Central Command Sunday. => confirmed Central Command
The report was denied by Hanwei and others. => denied Hanwei
The report was denied by calling it false. => denied -
In Paris, Hanwei sells chips. It denied the report. => denied Hanwei
President Xi spoke. He denied the report. => denied -
The FT confirmed on Monday that it cannot verify it. => unverified FT
It neither denied nor confirmed the claims. => unverified -
News from Paris: the report is false =>
The calls were false, the ministry said. =>
To call the report false is wrong. =>
The report is false, said Kyle Chan. => denied Kyle Chan
The report is false, he said. => denied -
China's fined bank =>
A spokesman for China banned it. =>
The bank of denied the report. => denied -
Hanwei was charged with theft by a grand jury in Paris. => official grand jury in Paris
The bank was fined by calling it. => official -
U.S.-backed Telmax denied the report. => denied Telmax
The U.S.-backed group denied the report. => denied -
Shares fell - Hanwei denied the report. => denied Hanwei
The Senate voted to ban the app. => official Senate
In the report, China denies it. => denied China
"""


@pytest.mark.parametrize("row", SENTENCES.strip().splitlines())
def test_a_sentence_claims_what_it_says_and_nothing_else(row: str) -> None:
    sentence, _, claims = row.partition(" =>")
    found = shipped_reader().read(article("", sentence))
    assert "; ".join(f"{claim.status} {claim.speaker or '-'}" for claim in found) == claims.strip()


@pytest.mark.parametrize("text", ["(", '"', "“”", "- - -", "...", "?"])
def test_signs_alone_claim_nothing(text: str) -> None:
    assert shipped_reader().read(article(text, text)) == ()
